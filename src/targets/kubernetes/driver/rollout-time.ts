import type { KubeObject } from "../api/types.ts";
import { at } from "../readiness/object.ts";
import type { Session } from "./session.ts";

/** What Kubernetes gives a Deployment between two steps of its rollout: milliseconds. */
const PROGRESS = 600_000;
const ROLLING = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/**
 * How long objects may take to roll out by themselves: milliseconds. A Deployment says when its controller would give up;
 * ending the wait sooner would take back what is on its way to be ready.
 */
export function rolloutTime(
  { timeout, timeoutGiven }: Pick<Session, "timeout" | "timeoutGiven">,
  objects: readonly KubeObject[],
): number {
  if (timeoutGiven) return timeout;
  const deadlines = objects
    .filter(({ kind }) => ROLLING.has(kind))
    .map((object) => {
      const seconds = at(object, "spec", "progressDeadlineSeconds");
      return typeof seconds === "number" ? seconds * 1_000 : PROGRESS;
    });
  return Math.max(timeout, ...deadlines);
}
