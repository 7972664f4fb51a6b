export { kubernetes } from "./kubernetes.ts";
export {
  type KubernetesOptions,
  type KubernetesTargetOptions,
  splitOptions,
  TARGET_OPTIONS,
} from "./options.ts";
export type { CountedSide, CountsFrom, CountsQuery } from "./driver/counts.ts";
export { registryOf, type RegistryOptions } from "./registry-of.ts";
export type { GatewayParent } from "./spec.ts";
export { gateway, replicas, type GatewayOptions, type Traffic } from "./traffic/traffic.ts";
