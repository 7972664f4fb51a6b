/**
 * Deploys to Google GKE.
 *
 * @packageDocumentation
 */
import type { Target } from "./ports/index.ts";
import { gke as cluster, type GkeOptions } from "./providers/gke/index.ts";
import {
  kubernetes,
  type KubernetesTargetOptions,
  splitOptions,
  TARGET_OPTIONS,
} from "./targets/kubernetes/index.ts";

export type { GkeOptions } from "./providers/gke/index.ts";
export {
  type CountedSide,
  type CountsFrom,
  type CountsQuery,
  gateway,
  type GatewayOptions,
  type GatewayParent,
  type KubernetesTargetOptions,
  registryOf,
  type RegistryOptions,
  replicas,
  type Traffic,
} from "./targets/kubernetes/index.ts";

/** Options of {@link gke}: which cluster, and how it is deployed to. */
export type GkeTargetOptions<R extends string = never> = GkeOptions & KubernetesTargetOptions<R>;

/**
 * Deploys to a cluster of Google GKE. The cloud's packages are loaded when it is first reached.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense.
 * @example
 * ```ts
 * import { gke } from "sluice/gke";
 *
 * const production = gke({ project: "acme", location: "europe-west1", cluster: "prod", namespace: "shop" });
 * ```
 */
export function gke<const R extends string = never>(options: GkeTargetOptions<R>): Target<R> {
  const { target, cluster: own } = splitOptions<R, GkeOptions>(options);
  return kubernetes({ ...target, cluster: cluster(own, TARGET_OPTIONS) });
}
