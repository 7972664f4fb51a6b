import type { Input } from "../model/index.ts";

/** A part of an object as the cluster's API has it. Null removes what would stand there. */
export type PatchValue = Input<string> | number | boolean | null | readonly PatchValue[] | PatchFields;
export interface PatchFields {
  readonly [name: string]: PatchValue;
}

/**
 * Fields of the cluster's API that `service()` has no option for, merged last over the objects that it is made into. It
 * is data, with refs to texts where a text belongs: it stands in the Plan, and a change of it is a new release.
 *
 * It is merged as Kubernetes' strategic merge patch: maps member by member, and null removes a member. Items of these
 * lists are merged where their key is the same, and what is new follows: `containers`, `initContainers`, `volumes`,
 * `env`, `imagePullSecrets` by `name`; `volumeMounts` by `mountPath`; `volumeDevices` by `devicePath`; a container's
 * `ports` by `containerPort`, a Service's by `port`; `hostAliases` by `ip`; `topologySpreadConstraints` by `topologyKey`;
 * a ServiceAccount's `secrets` by `name`. Every other list is replaced: `tolerations`, `envFrom`, `command`, `metrics` …
 * The app's own container is called `app`.
 *
 * Source: Kubernetes, contributors/devel/sig-api-machinery/strategic-merge-patch.md; the keys are those of `patchMergeKey`
 * in the structs of k8s.io/api.
 *
 * Not to be patched is what a release is found, counted and divided by: names, namespaces and kinds, selectors, labels of
 * Sluice's, `replicas`, the image of `app`, its port `http`, `PORT` and `SLUICE_*`. Images of other containers have
 * passed no gate.
 *
 * @example
 * ```ts
 * const app = service({
 *   image,
 *   patch: {
 *     pod: {
 *       spec: {
 *         tolerations: [{ key: "gpu", operator: "Exists" }],
 *         containers: [{ name: "app", envFrom: [{ secretRef: { name: "database" } }] }],
 *       },
 *     },
 *     service: { spec: { type: "LoadBalancer" } },
 *   },
 * });
 * ```
 */
export interface PatchOptions {
  /** The Deployment's `spec.template`: `metadata` and `spec` of pods. @defaultValue nothing */
  readonly pod?: PatchFields;
  /** The Deployment of each revision, but for its pods. @defaultValue nothing */
  readonly deployment?: PatchFields;
  /** The Service `<app>`; not those that a canary adds to it. @defaultValue nothing */
  readonly service?: PatchFields;
  /** The ServiceAccount, where it is the app's own. @defaultValue nothing */
  readonly account?: PatchFields;
  /** The HorizontalPodAutoscaler, where there is `autoscale`. @defaultValue nothing */
  readonly autoscaler?: PatchFields;
  /** The PodDisruptionBudget, where there are two replicas or more. @defaultValue nothing */
  readonly disruptionBudget?: PatchFields;
}
