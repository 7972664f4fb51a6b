import type { KubeObject } from "../api/types.ts";
import { text } from "../readiness/object.ts";
import { podTrouble, type PodTrouble } from "../readiness/pods.ts";
import type { Patience } from "./types.ts";

/** Remembers since when pods wait for a node, by our own clock: the cluster's may go otherwise. */
export class PodPatienceWatch {
  readonly #patience: Patience;
  readonly #unscheduled = new Map<string, number>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /**
   * What is wrong with one of a workload's pods, if waiting will not mend it; else after how many milliseconds to look
   * again although nothing changes.
   */
  look(
    workload: string,
    pods: readonly KubeObject[],
    now: number,
  ): { readonly trouble?: PodTrouble & { readonly of: KubeObject }; readonly again: number } {
    let again = Infinity;
    for (const pod of pods) {
      const trouble = podTrouble(pod, Infinity, this.#patience);
      const id = pod.metadata.uid ?? pod.metadata.name;
      if (trouble?.reason !== "Unschedulable") this.#unscheduled.delete(id);
      if (trouble === undefined || isItsControllersAffair(workload, pod, trouble)) continue;
      if (trouble.reason !== "Unschedulable") return { trouble: { ...trouble, of: pod }, again };
      const since = this.#unscheduled.get(id) ?? now;
      this.#unscheduled.set(id, since);
      const left = since + (this.#patience.unscheduled ?? 60_000) - now;
      if (left <= 0) return { trouble: { ...trouble, of: pod }, again };
      again = Math.min(again, left);
    }
    return { again };
  }
}

/** A pod that has ended is replaced, or counted, by its controller; how often a Job's container may fail, its spec says. */
function isItsControllersAffair(workload: string, pod: KubeObject, { reason }: PodTrouble): boolean {
  if (text(pod, "status", "phase") === "Failed") return true;
  return workload === "Job" && reason === "CrashLoopBackOff";
}
