import type { KubeObject } from "../api/types.ts";
import { at, count, list, text } from "../readiness/object.ts";

const REVISION = "deployment.kubernetes.io/revision";
const DAEMON_GENERATION = "deprecated.daemonset.template.generation";

/** Kinds whose pods are looked at. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apps/ReplicaSet",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "batch/Job",
]);

/** The ReplicaSet of the revision that a Deployment is at; `undefined` until its controller has made it. */
export function newestReplicaSet(
  deployment: KubeObject,
  replicaSets: Iterable<KubeObject>,
): KubeObject | undefined {
  const revision = deployment.metadata.annotations?.[REVISION];
  if (revision === undefined) return undefined;
  for (const one of replicaSets) {
    if (isOf(one, deployment) && one.metadata.annotations?.[REVISION] === revision) return one;
  }
  return undefined;
}

/** The pods of a workload's newest revision, those that are ending left out but for a Job's, whose logs still tell. */
export function podsOf(
  workload: KubeObject,
  replicaSets: Iterable<KubeObject>,
  pods: Iterable<KubeObject>,
): readonly KubeObject[] {
  // Until its controller has seen the newest template, what it says of revisions is about the one before.
  if (isBehind(workload)) return [];
  const owner = workload.kind === "Deployment" ? newestReplicaSet(workload, replicaSets) : workload;
  if (owner === undefined) return [];
  return [...pods].filter((pod) => {
    const ending = pod.metadata.deletionTimestamp !== undefined && workload.kind !== "Job";
    return !ending && isOf(pod, owner) && isOfRevision(pod, workload);
  });
}

/** A Job says nothing of generations: its pods are all of one template. */
function isBehind({ kind, metadata, ...rest }: KubeObject): boolean {
  return kind !== "Job" && count(rest, "status", "observedGeneration") < (metadata.generation ?? 0);
}

function isOfRevision(pod: KubeObject, workload: KubeObject): boolean {
  const { labels = {} } = pod.metadata;
  if (workload.kind === "StatefulSet") {
    return labels["controller-revision-hash"] === text(workload, "status", "updateRevision");
  }
  if (workload.kind === "DaemonSet") {
    const generation = workload.metadata.annotations?.[DAEMON_GENERATION];
    return generation === undefined || labels["pod-template-generation"] === generation;
  }
  return true;
}

function isOf(object: KubeObject, owner: KubeObject): boolean {
  return list(object, "metadata", "ownerReferences").some(
    (one) => at(one, "controller") === true && at(one, "uid") === owner.metadata.uid,
  );
}
