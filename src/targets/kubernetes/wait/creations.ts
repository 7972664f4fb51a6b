import type { KubeObject } from "../api/types.ts";
import { count, text } from "../readiness/object.ts";

/** Selects the events that tell of pods that could not be made. */
export const REFUSED_CREATIONS = "type=Warning,reason=FailedCreate";

/**
 * Pods that a controller may not make, as its events tell: StatefulSets, DaemonSets and Jobs have no condition for it.
 * Events that were there before, and have not been repeated since, are of an earlier release.
 */
export class Creations {
  readonly #events: ReadonlyMap<string, KubeObject>;
  readonly #before: ReadonlyMap<string, number>;

  constructor(events: ReadonlyMap<string, KubeObject>) {
    this.#events = events;
    this.#before = new Map([...events].map(([key, event]) => [key, timesOf(event)]));
  }

  /** Why the newest attempt to make a pod for `owner` was refused; `undefined` where none was, or pods have come since. */
  refusalOf(owner: KubeObject): string | undefined {
    if (hasAllPods(owner)) return undefined;
    for (const [key, event] of this.#events) {
      if (text(event, "involvedObject", "uid") !== owner.metadata.uid) continue;
      if (timesOf(event) <= (this.#before.get(key) ?? 0)) continue;
      return `its pods cannot be made: ${text(event, "message")}`;
    }
    return undefined;
  }
}

function timesOf(event: KubeObject): number {
  return count(event, "series", "count") || count(event, "count") || 1;
}

function hasAllPods(owner: KubeObject): boolean {
  switch (owner.kind) {
    case "StatefulSet":
      return count(owner, "status", "replicas") >= count(owner, "spec", "replicas");
    case "DaemonSet":
      return (
        count(owner, "status", "currentNumberScheduled") >= count(owner, "status", "desiredNumberScheduled")
      );
    default:
      return count(owner, "status", "active") + count(owner, "status", "succeeded") > 0;
  }
}
