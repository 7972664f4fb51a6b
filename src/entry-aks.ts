/**
 * Deploys to Azure AKS.
 *
 * @packageDocumentation
 */
import type { Target } from "./ports/index.ts";
import { aks as cluster, type AksOptions } from "./providers/aks/index.ts";
import {
  kubernetes,
  type KubernetesTargetOptions,
  splitOptions,
  TARGET_OPTIONS,
} from "./targets/kubernetes/index.ts";

export type { AksOptions, AzureCredentialChoice } from "./providers/aks/index.ts";
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

/** Options of {@link aks}: which cluster, and how it is deployed to. */
export type AksTargetOptions<R extends string = never> = AksOptions & KubernetesTargetOptions<R>;

/**
 * Deploys to a cluster of Azure AKS. The cloud's packages are loaded when it is first reached.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense.
 * @example
 * ```ts
 * import { aks } from "sluice/aks";
 *
 * const production = aks({ subscription: "00000000-0000-0000-0000-000000000000", resourceGroup: "shop", cluster: "prod", namespace: "shop" });
 * ```
 */
export function aks<const R extends string = never>(options: AksTargetOptions<R>): Target<R> {
  const { target, cluster: own } = splitOptions<R, AksOptions>(options);
  return kubernetes({ ...target, cluster: cluster(own, TARGET_OPTIONS) });
}
