import type { KubeObject } from "../api/types.ts";
import { conditionsOf, count, list, text } from "../readiness/object.ts";

/** What a pod that is not ready waits for, in a few words; `undefined` where it is ready, or over. */
export function podStory(pod: KubeObject): string | undefined {
  const conditions = conditionsOf(pod);
  if (conditions.get("Ready")?.status === "True" || text(pod, "status", "phase") === "Succeeded")
    return undefined;
  const name = `pod ${pod.metadata.name}`;
  if (text(pod, "status", "phase") === "Failed") return `${name} has failed`;
  if (conditions.get("PodScheduled")?.status !== "True") return `${name} waits for a node`;
  const containers = [
    ...list(pod, "status", "initContainerStatuses"),
    ...list(pod, "status", "containerStatuses"),
  ];
  const reasons = containers.map((one) => text(one, "state", "waiting", "reason"));
  if (reasons.some((reason) => /^(?:ErrImage|Image)/.test(reason))) return `${name} waits for its image`;
  const crashed = containers.find((one) => text(one, "state", "waiting", "reason") === "CrashLoopBackOff");
  if (crashed !== undefined) return `${name} has crashed (${count(crashed, "restartCount")} restarts)`;
  if (text(pod, "status", "phase") === "Running") return `${name} runs and is not ready yet`;
  return `${name} is being started`;
}
