/**
 * Deploys to Amazon EKS.
 *
 * @packageDocumentation
 */
import type { Target } from "./ports/index.ts";
import { eks as cluster, type EksOptions } from "./providers/eks/index.ts";
import {
  kubernetes,
  type KubernetesTargetOptions,
  splitOptions,
  TARGET_OPTIONS,
} from "./targets/kubernetes/index.ts";

export type { AssumeRole, AwsCredentials, EksOptions } from "./providers/eks/index.ts";
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

/** Options of {@link eks}: which cluster, and how it is deployed to. */
export type EksTargetOptions<R extends string = never> = EksOptions & KubernetesTargetOptions<R>;

/**
 * Deploys to a cluster of Amazon EKS. The cloud's packages are loaded when it is first reached.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense.
 * @example
 * ```ts
 * import { eks } from "sluice/eks";
 *
 * const production = eks({ cluster: "prod", region: "eu-west-1", namespace: "shop", requires: ["answers"] });
 * ```
 */
export function eks<const R extends string = never>(options: EksTargetOptions<R>): Target<R> {
  const { target, cluster: own } = splitOptions<R, EksOptions>(options);
  return kubernetes({ ...target, cluster: cluster(own, TARGET_OPTIONS) });
}
