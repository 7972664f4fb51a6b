/**
 * Deploys to any Kubernetes cluster that a kubeconfig, or a pod's own account, leads to.
 *
 * @packageDocumentation
 */
export type {
  ClusterConnection,
  ClusterContext,
  ClusterCredentials,
  ClusterNeed,
  ClusterProvider,
  ClusterRegistry,
} from "./ports/index.ts";
export { inCluster, type InClusterOptions } from "./providers/in-cluster/index.ts";
export { kubeconfig, type KubeconfigOptions } from "./providers/kubeconfig/index.ts";
export {
  type CountedSide,
  type CountsFrom,
  type CountsQuery,
  gateway,
  type GatewayOptions,
  type GatewayParent,
  kubernetes,
  type KubernetesOptions,
  type KubernetesTargetOptions,
  registryOf,
  type RegistryOptions,
  replicas,
  type Traffic,
} from "./targets/kubernetes/index.ts";
