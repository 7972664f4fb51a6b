import { judgeGeneration } from "./generation.ts";
import type { LiveObject } from "./object.ts";
import {
  endOfJob,
  judgeApiService,
  judgeByConditions,
  judgeClaim,
  judgeDefinition,
  judgeJob,
  judgeNamespace,
  judgePod,
  judgeService,
} from "./others.ts";
import { judgeRoute } from "./route.ts";
import type { Verdict } from "./verdict.ts";
import { judgeDaemonSet, judgeDeployment, judgeReplicaSet, judgeStatefulSet } from "./workloads.ts";

const RULES: Readonly<Record<string, (object: LiveObject) => Verdict>> = {
  "apps/Deployment": judgeDeployment,
  "apps/ReplicaSet": judgeReplicaSet,
  "apps/StatefulSet": judgeStatefulSet,
  "apps/DaemonSet": judgeDaemonSet,
  "batch/Job": judgeJob,
  "apiextensions.k8s.io/CustomResourceDefinition": judgeDefinition,
  "apiregistration.k8s.io/APIService": judgeApiService,
  "gateway.networking.k8s.io/HTTPRoute": judgeRoute,
  "gateway.networking.k8s.io/GRPCRoute": judgeRoute,
  "/PersistentVolumeClaim": judgeClaim,
  "/Service": judgeService,
  "/Namespace": judgeNamespace,
  "/Pod": judgePod,
};

/**
 * How an object stands after it was applied. A kind without a rule of its own is judged by its conditions, and counts as
 * ready where it has none.
 *
 * @param applied - the generation that the apply returned; undefined where the kind counts none
 */
export function judgeReadiness(object: LiveObject, applied: number | undefined): Verdict {
  const group = object.apiVersion.includes("/") ? object.apiVersion.split("/", 1)[0] : "";
  const rule = RULES[`${group ?? ""}/${object.kind}`] ?? judgeByConditions;
  // A Job with a time to live is removed once it has ended, which takes nothing from how it ended.
  const ended =
    rule === judgeJob && object.metadata.deletionTimestamp !== undefined ? endOfJob(object) : undefined;
  return ended ?? judgeGeneration(object, applied) ?? rule(object);
}
