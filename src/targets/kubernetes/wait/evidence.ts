import { messageOf } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { refOf } from "../apply/refs.ts";
import { at, count, list, text } from "../readiness/object.ts";
import type { PodTrouble } from "../readiness/pods.ts";

/** Lines of a log, and events, that an error shows. */
const LINES = 20;
const EVENTS = 5;
/** How long reading them may hold up the error: milliseconds. */
const READING = 5_000;

/** What an object's failure is about: itself, and what was made for it. */
export interface Suspects {
  /** The object, its ReplicaSet, its pod: whatever there is. */
  readonly related: readonly KubeObject[];
  readonly pod: KubeObject | undefined;
  readonly trouble: PodTrouble | undefined;
}

/** The end of the log of the container that failed, and the newest warnings, as text below an error's message. */
export async function evidenceOf(
  api: ClusterApi,
  suspects: Suspects,
  mask: (text: string) => string,
): Promise<string> {
  const [log, events] = await Promise.all([
    inTime(logOf(api, suspects), "its log"),
    inTime(warningsOf(api, suspects.related), "its events"),
  ]);
  return mask([log, events].filter((part) => part !== "").join(""));
}

async function inTime(reading: Promise<string>, what: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`\n  ${what} could not be read in time`), READING);
  });
  try {
    return await Promise.race([reading, late]);
  } catch (error) {
    // The failure that this is about is worth more than why there is no evidence.
    return `\n  ${what} could not be read: ${messageOf(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

async function logOf(api: ClusterApi, { pod, trouble }: Suspects): Promise<string> {
  if (pod === undefined || trouble?.hasLog === false) return "";
  const container = containerOf(pod, trouble?.container);
  if (container === undefined) return "";
  const options = { container: text(container, "name"), lines: LINES };
  // Between two runs only the one before has anything to tell.
  const between = count(container, "restartCount") > 0 && at(container, "state", "running") === undefined;
  const ref = refOf({ ...pod, apiVersion: "v1", kind: "Pod" });
  const log = between
    ? ((await api.logTail(ref, { ...options, previous: true })) ?? (await api.logTail(ref, options)))
    : await api.logTail(ref, options);
  if (log === undefined) return "";
  const lines = log.trimEnd().split("\n").slice(-LINES);
  const who = `container ${options.container} of pod ${pod.metadata.name}`;
  if (log.trim() === "") return `\n  ${who} printed nothing`;
  return `\n  ${who} printed last:${lines.map((line) => `\n  | ${line}`).join("")}`;
}

/** The container to look at: the one named, else one that is not ready, and has run. */
function containerOf(pod: KubeObject, name: string | undefined): unknown {
  const containers = [
    ...list(pod, "status", "initContainerStatuses"),
    ...list(pod, "status", "containerStatuses"),
  ];
  if (name !== undefined) return containers.find((one) => text(one, "name") === name);
  const hasRun = (one: unknown): boolean =>
    at(one, "state", "running") !== undefined ||
    at(one, "state", "terminated") !== undefined ||
    count(one, "restartCount") > 0;
  return containers.find((one) => hasRun(one) && at(one, "ready") !== true) ?? containers.find(hasRun);
}

async function warningsOf(api: ClusterApi, related: readonly KubeObject[]): Promise<string> {
  const lists = await Promise.all(
    related.map(async ({ metadata: { uid, namespace } }) => {
      if (uid === undefined || namespace === undefined) return [];
      const fields = `involvedObject.uid=${uid},type=Warning`;
      return await api.list({ apiVersion: "v1", kind: "Event" }, { namespace, fields });
    }),
  );
  const newest = lists
    .flat()
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
    .slice(0, EVENTS);
  return newest.length === 0
    ? ""
    : `\n  warnings:${newest.map((one) => `\n  | ${describeEvent(one)}`).join("")}`;
}

function timeOf(event: KubeObject): string {
  return (
    text(event, "series", "lastObservedTime") ||
    text(event, "lastTimestamp") ||
    text(event, "eventTime") ||
    (event.metadata.creationTimestamp ?? "")
  );
}

function describeEvent(event: KubeObject): string {
  const times = count(event, "series", "count") || count(event, "count");
  const often = times > 1 ? ` (${times} times)` : "";
  const about = `${text(event, "involvedObject", "kind")} ${text(event, "involvedObject", "name")}`;
  return `${text(event, "reason")}${often}, ${about}: ${text(event, "message").trim()}`;
}
