import { at, conditionsOf, count, list, type LiveObject, text } from "./object.ts";

/** Why a pod will not become ready by waiting. */
export interface PodTrouble {
  readonly pod: string;
  /** Absent where no container of it was reached. */
  readonly container?: string;
  readonly reason: string;
  readonly text: string;
  /** Whether the container has run, so that there is a log to read. */
  readonly hasLog: boolean;
}

export interface PodPatience {
  /** How often a container may crash before the release counts as failed. @defaultValue 2 */
  readonly crashes?: number;
  /** How long a pod may wait for a node: milliseconds. @defaultValue 60000 */
  readonly unscheduled?: number;
}

/** States of a waiting container that a new attempt with the same spec does not mend. */
const HOPELESS: Readonly<Record<string, string>> = {
  ImagePullBackOff: "its image cannot be pulled",
  ErrImageNeverPull: "its image is not on the node and may not be pulled",
  InvalidImageName: "its image's name is not one",
  ImageInspectError: "its image cannot be read",
  CreateContainerConfigError: "its configuration refers to something that is not there",
  CreateContainerError: "it cannot be created",
  RunContainerError: "it cannot be started",
};

/**
 * What is wrong with a pod, if waiting will not mend it.
 *
 * @param now - milliseconds since 1970, by the clock that the pod's times are compared with
 */
export function podTrouble(pod: LiveObject, now: number, patience: PodPatience = {}): PodTrouble | undefined {
  const { crashes = 2, unscheduled = 60_000 } = patience;
  const name = pod.metadata.name;
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const containers = [
    ...list(pod, "status", "initContainerStatuses"),
    ...list(pod, "status", "containerStatuses"),
  ];
  for (const container of containers) {
    const trouble = containerTrouble(container, crashes);
    if (trouble !== undefined) return { pod: name, container: text(container, "name"), ...trouble };
  }
  if (text(pod, "status", "phase") === "Failed") {
    const reason = text(pod, "status", "reason") || "Failed";
    return {
      pod: name,
      reason,
      text: text(pod, "status", "message") || "it failed",
      hasLog: containers.length > 0,
    };
  }
  const scheduled = conditionsOf(pod).get("PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return undefined;
  if (now - (scheduled.since ?? now) < unscheduled) return undefined;
  return {
    pod: name,
    reason: "Unschedulable",
    text: `no node takes it: ${scheduled.message}`,
    hasLog: false,
  };
}

function containerTrouble(
  container: unknown,
  crashes: number,
): Pick<PodTrouble, "reason" | "text" | "hasLog"> | undefined {
  const reason = text(container, "state", "waiting", "reason");
  const message = text(container, "state", "waiting", "message");
  const why = HOPELESS[reason];
  if (why !== undefined) return { reason, text: message === "" ? why : `${why}: ${message}`, hasLog: false };
  const restarts = count(container, "restartCount");
  if (reason !== "CrashLoopBackOff" || restarts < crashes) return undefined;
  const ended = at(container, "lastState", "terminated");
  const cause = text(ended, "reason") || "it ended";
  const code = at(ended, "exitCode");
  const exit = typeof code === "number" ? ` with exit code ${code}` : "";
  return { reason, text: `it has crashed ${restarts} times, last: ${cause}${exit}`, hasLog: true };
}
