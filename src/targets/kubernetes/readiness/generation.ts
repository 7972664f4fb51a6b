import { at, generationOf, type LiveObject } from "./object.ts";
import { superseded, type Verdict, waiting } from "./verdict.ts";

/**
 * Whether what is seen is about what was applied. `undefined` where it is: only then does the rest of the status say
 * something about the release.
 *
 * @param applied - the generation that the apply returned; undefined where the kind counts none
 */
export function judgeGeneration(object: LiveObject, applied: number | undefined): Verdict | undefined {
  const { generation, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return superseded("it is being deleted");
  if (applied === undefined || generation === undefined) return undefined;
  if (generation > applied) {
    return superseded(`generation ${generation} was made by somebody else after ${applied} was applied`);
  }
  if (generation < applied) return waiting(`generation ${generation} is seen, ${applied} was applied`);
  const observed = generationOf(at(object, "status", "observedGeneration"));
  // A kind whose controller reports no observed generation is judged by the rest of its status.
  if (observed === undefined)
    return controllerReports(object) ? waiting("its controller has not seen it yet") : undefined;
  return observed < applied ? waiting("its controller has not seen the change yet") : undefined;
}

const REPORTING = new Set(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "PodDisruptionBudget"]);

function controllerReports({ kind }: LiveObject): boolean {
  return REPORTING.has(kind);
}
