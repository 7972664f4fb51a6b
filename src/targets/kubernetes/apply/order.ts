import type { LiveObject } from "../readiness/object.ts";

/**
 * What must be there before the next can be made. Objects of one wave are applied together; a wave that `settles` must be
 * ready before the next one begins.
 */
const WAVES: readonly (readonly string[])[] = [
  ["Namespace", "PriorityClass", "StorageClass", "RuntimeClass", "IngressClass", "GatewayClass"],
  ["CustomResourceDefinition"],
  ["ServiceAccount", "ClusterRole", "Role"],
  ["ClusterRoleBinding", "RoleBinding"],
  [
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
  ],
  ["Service"],
  [], // every kind without a place of its own: custom resources above all
  ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob"],
  ["PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress", "HTTPRoute", "GRPCRoute"],
  ["APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
];
const OTHERS = WAVES.findIndex((kinds) => kinds.length === 0);
const PLACE = new Map(WAVES.flatMap((kinds, wave) => kinds.map((kind) => [kind, wave] as const)));
/** Until these are ready, objects that need them are refused by the API. */
const SETTLING = new Set(["Namespace", "CustomResourceDefinition"]);

export interface Wave<T extends LiveObject = LiveObject> {
  readonly objects: readonly T[];
  /** Whether its objects must be ready before the next wave is applied. */
  readonly settles: boolean;
}

/** Objects in the order in which they are applied; within a wave as they were given. */
export function inWaves<T extends LiveObject>(objects: readonly T[]): readonly Wave<T>[] {
  const waves = WAVES.map((): T[] => []);
  for (const object of objects) waves[PLACE.get(object.kind) ?? OTHERS]?.push(object);
  return waves
    .filter((wave) => wave.length > 0)
    .map((wave) => ({ objects: wave, settles: wave.some((object) => SETTLING.has(object.kind)) }));
}

/**
 * Objects in the order in which they are removed: the other way round, but for kinds without a place of their own. These go
 * first and must be gone before the rest: what looks after them, and takes their finalizers away, may be among it.
 */
export function inRemovalWaves<T extends LiveObject>(objects: readonly T[]): readonly Wave<T>[] {
  const others = objects.filter(({ kind }) => !PLACE.has(kind));
  const rest = inWaves(objects.filter(({ kind }) => PLACE.has(kind))).toReversed();
  const waves = rest.map((wave) => ({ ...wave, settles: false }));
  return others.length === 0 ? waves : [{ objects: others, settles: true }, ...waves];
}
