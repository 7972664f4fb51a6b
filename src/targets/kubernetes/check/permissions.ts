import type { KubeObject } from "../api/types.ts";
import type { Permission } from "../apply/permissions.ts";
import { at, list } from "../readiness/object.ts";
import type { KubernetesSpec } from "../spec.ts";

/** By kind, what a release does with it. */
type Rights = readonly (readonly [apiVersion: string, kind: string, verbs: string, subresource?: string])[];

/** What every deploy needs: its record, its lock, and to see how pods fare. */
const ALWAYS: Rights = [
  ["coordination.k8s.io/v1", "Lease", "get create update"],
  ["v1", "Secret", "get list create update patch delete"],
  ["apps/v1", "Deployment", "get list watch"],
  ["apps/v1", "ReplicaSet", "list watch"],
  ["v1", "Pod", "list watch"],
  ["v1", "Pod", "get", "log"],
  ["v1", "Event", "list watch"],
];

const SERVICE: Rights = [
  ["apps/v1", "Deployment", "create patch delete"],
  ["v1", "Service", "get create patch delete"],
  ["v1", "Service", "get create", "proxy"],
  ["v1", "ServiceAccount", "get create patch delete"],
  ["discovery.k8s.io/v1", "EndpointSlice", "list watch"],
];

const EACH = "get create patch delete";
const WATCHED = "get list watch create patch delete";

const GATEWAY: Rights = [["gateway.networking.k8s.io/v1", "HTTPRoute", WATCHED]];

/** All that deploying a `service()` will ask of the server. */
export function servicePermissions(app: unknown, target: KubernetesSpec, namespace: string): Permission[] {
  const cluster = at(app, "cluster");
  const hasJobs = ["before", "after"].some((when) => list(cluster, "hooks", when).length > 0);
  const rights: Rights = [
    ...ALWAYS,
    ...SERVICE,
    ...(target.traffic.kind === "gateway" ? GATEWAY : []),
    ...(isGiven(cluster, "config") ? ([["v1", "ConfigMap", EACH]] as const) : []),
    ...(isGiven(cluster, "disruption") ? ([["policy/v1", "PodDisruptionBudget", EACH]] as const) : []),
    ...(isGiven(cluster, "autoscale")
      ? ([["autoscaling/v2", "HorizontalPodAutoscaler", EACH]] as const)
      : []),
    ...(hasJobs ? ([["batch/v1", "Job", WATCHED]] as const) : []),
  ];
  return inNamespace(rights, namespace);
}

/** All that applying these objects, and pruning later, will ask. Each kind in its own namespace. */
export function bundlePermissions(
  objects: readonly KubeObject[],
  namespaced: (object: KubeObject) => boolean,
  namespace: string,
): Permission[] {
  const kinds = new Map<string, Permission[]>();
  for (const object of objects) {
    const place = namespaced(object) ? (object.metadata.namespace ?? namespace) : undefined;
    const right = [[object.apiVersion, object.kind, WATCHED]] as const;
    kinds.set(`${object.apiVersion} ${object.kind} ${place ?? ""}`, inNamespace(right, place));
  }
  return [...inNamespace(ALWAYS, namespace), ...[...kinds.values()].flat()];
}

/** What Helm and the record of its release need; what its chart holds, Helm asks for itself. */
export function helmPermissions(namespace: string): Permission[] {
  return inNamespace(ALWAYS, namespace);
}

function inNamespace(rights: Rights, namespace: string | undefined): Permission[] {
  return rights.flatMap(([apiVersion, kind, verbs, subresource]) =>
    verbs.split(" ").map((verb) => ({
      apiVersion,
      kind,
      verb,
      ...(namespace === undefined ? {} : { namespace }),
      ...(subresource === undefined ? {} : { subresource }),
    })),
  );
}

function isGiven(cluster: unknown, name: string): boolean {
  const value = at(cluster, name);
  return value !== undefined && value !== null;
}
