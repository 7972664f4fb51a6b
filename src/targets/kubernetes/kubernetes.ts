import type { Release } from "../../model/index.ts";
import type {
  ClusterRegistry,
  DraftDeploy,
  RolloutDriver,
  Target,
  TargetCheck,
  TargetContext,
  TargetPreview,
  TargetProblem,
  TargetStatus,
} from "../../ports/index.ts";
import { acceptsKubernetes } from "./accepts.ts";
import { kubernetesSpec, type KubernetesOptions } from "./options.ts";
import type { KubernetesDeploySpec, KubernetesVerbSpec } from "./spec.ts";

/**
 * Deploys to a Kubernetes cluster: a `service()` as a Deployment for each revision behind one Service, or manifests as
 * they are. What is live, and what every release had changed, is kept in the cluster itself, in Secrets beside the app, so
 * that any machine with access can look at it, go on with it or take it back.
 *
 * A release that is promoted is the one that was judged, pod for pod; the one before it is kept without replicas, a few
 * releases back. One deploy at a time changes an app; a Lease beside it sees to that.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense.
 * @example
 * ```ts
 * import { kubeconfig, kubernetes } from "sluice/kubernetes";
 *
 * const staging = kubernetes({ cluster: kubeconfig({ context: "staging" }), namespace: "shop", requires: ["answers"] });
 * ```
 */
export function kubernetes<const R extends string = never>(options: KubernetesOptions<R>): Target<R> {
  const spec = kubernetesSpec(options);
  const { cluster, counts } = options;
  const hands = { provider: cluster, counts };
  return {
    kind: "kubernetes",
    name: spec.name,
    spec,
    requires: [...(options.requires ?? [])],
    accepts: (deploy: DraftDeploy): readonly TargetProblem[] => acceptsKubernetes(spec, deploy),
    // Loaded at first use, so that a pipeline that only names the target pays nothing for it.
    connect: async (spec: KubernetesDeploySpec, context: TargetContext): Promise<RolloutDriver> =>
      (await import("./connect.ts")).connectKubernetes(hands, spec, context),
    status: async (spec: KubernetesVerbSpec, context: TargetContext): Promise<TargetStatus> =>
      (await import("./verbs/status.ts")).statusOfKubernetes(hands, spec, context),
    statuses: async (spec: KubernetesVerbSpec, context: TargetContext): Promise<readonly TargetStatus[]> =>
      (await import("./verbs/status.ts")).statusesOfKubernetes(hands, spec, context),
    rollback: async (
      spec: KubernetesVerbSpec,
      context: TargetContext,
      options: { readonly to?: number },
    ): Promise<Release> =>
      (await import("./verbs/rollback.ts")).rollbackKubernetes(hands, spec, context, options),
    check: async (spec: KubernetesDeploySpec, context: TargetContext): Promise<readonly TargetCheck[]> =>
      (await import("./check/check.ts")).checkKubernetes(hands, spec, context),
    preview: async (spec: KubernetesDeploySpec, context: TargetContext): Promise<TargetPreview> =>
      (await import("./verbs/preview.ts")).previewKubernetes(hands, spec, context),
    registry: async (context): Promise<ClusterRegistry> =>
      (await import("./registry.ts")).registryOfProvider(cluster, context),
    stop: async (spec: KubernetesVerbSpec, context: TargetContext): Promise<void> =>
      (await import("./verbs/stop.ts")).stopKubernetes(hands, spec, context),
  };
}
