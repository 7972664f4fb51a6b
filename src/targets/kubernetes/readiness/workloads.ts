import { at, conditionsOf, count, type LiveObject, replicasOf, text } from "./object.ts";
import { failed, failedForNow, ready, type Verdict, waiting } from "./verdict.ts";

/** Source of the order: `kubectl rollout status` (polymorphichelpers/rollout_status.go), made stricter where noted. */
export function judgeDeployment(object: LiveObject): Verdict {
  if (at(object, "spec", "paused") === true) {
    return failed("it is paused, so that its rollout never goes on", "Resume it: kubectl rollout resume.");
  }
  const conditions = conditionsOf(object);
  const progressing = conditions.get("Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(
      `it exceeded its progress deadline: ${progressing.message}`,
      "Look at its pods' logs and events.",
    );
  }
  const quota = conditions.get("ReplicaFailure");
  if (quota?.status === "True") return failedForNow(`its pods cannot be made: ${quota.message}`);
  const wanted = replicasOf(object);
  const updated = count(object, "status", "updatedReplicas");
  const all = count(object, "status", "replicas");
  const available = count(object, "status", "availableReplicas");
  if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are new`);
  if (all > updated) return waiting(`${all - updated} old replicas are still there`);
  if (available < updated) return waiting(`${available} of ${updated} new replicas are available`);
  // Stricter than kubectl: minAvailable over time, as the controller itself judges it.
  if (wanted > 0 && conditions.get("Available")?.status !== "True")
    return waiting("it is not reported as available");
  return ready(`${available} of ${wanted} replicas are available`);
}

export function judgeReplicaSet(object: LiveObject): Verdict {
  const trouble = conditionsOf(object).get("ReplicaFailure");
  if (trouble?.status === "True") return failedForNow(`its pods cannot be made: ${trouble.message}`);
  const wanted = replicasOf(object);
  const available = count(object, "status", "availableReplicas");
  const all = count(object, "status", "replicas");
  if (all > wanted) return waiting(`${all - wanted} replicas too many are still there`);
  return available < wanted
    ? waiting(`${available} of ${wanted} replicas are available`)
    : ready(`${available} of ${wanted} replicas are available`);
}

export function judgeStatefulSet(object: LiveObject): Verdict {
  const wanted = replicasOf(object);
  const all = count(object, "status", "replicas");
  const readyReplicas = count(object, "status", "readyReplicas");
  const available = at(object, "status", "availableReplicas");
  const updated = count(object, "status", "updatedReplicas");
  const partition = count(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  const settled = text(object, "status", "updateRevision") === text(object, "status", "currentRevision");
  if (isOnDelete(object)) {
    // Those too many go by themselves, and the old revision stays the current one for good.
    const old = settled ? 0 : all - updated - Math.max(0, all - wanted);
    if (old > 0) return neverReplaced(`${old} of ${wanted} replicas`);
  }
  if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} replicas are ready`);
  if (all > wanted) return waiting(`${all - wanted} replicas too many are still there`);
  if (partition > 0) {
    const due = Math.max(0, wanted - partition);
    return updated < due
      ? waiting(`${updated} of ${due} replicas above partition ${partition} are new`)
      : ready(`${updated} replicas above partition ${partition} are new`);
  }
  // Stricter than kubectl: the revision alone says nothing about pods that are still being replaced.
  if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are new`);
  if (!settled && !isOnDelete(object)) return waiting("its controller has not ended the update yet");
  if (typeof available === "number" && available < wanted)
    return waiting(`${available} of ${wanted} replicas are available`);
  return ready(`${readyReplicas} of ${wanted} replicas are ready`);
}

export function judgeDaemonSet(object: LiveObject): Verdict {
  const wanted = count(object, "status", "desiredNumberScheduled");
  const updated = count(object, "status", "updatedNumberScheduled");
  const available = count(object, "status", "numberAvailable");
  const old = count(object, "status", "currentNumberScheduled") - updated;
  if (isOnDelete(object) && old > 0) return neverReplaced(`on ${old} of ${wanted} nodes its pods`);
  if (updated < wanted) return waiting(`${updated} of ${wanted} nodes run the new pod`);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return ready(`${available} of ${wanted} nodes run it`);
}

function isOnDelete(object: LiveObject): boolean {
  return text(object, "spec", "updateStrategy", "type") === "OnDelete";
}

function neverReplaced(which: string): Verdict {
  return failed(
    `${which} are of an older revision, and with the update strategy OnDelete it never replaces them by itself`,
    "Set updateStrategy.type to RollingUpdate, or leave its pod template as it is.",
  );
}
