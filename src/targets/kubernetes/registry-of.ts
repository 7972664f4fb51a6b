import { SluiceError } from "../../errors/index.ts";
import type { ClusterContext, ClusterRegistry, Target } from "../../ports/index.ts";

export interface RegistryOptions {
  /** Variables over those of this process; `undefined` takes one away. */
  readonly env?: ClusterContext["env"];
  /** Where relative paths of the target's options start: the pipeline's folder. @defaultValue the folder of this process */
  readonly root?: string;
  /** Ends the question. */
  readonly signal?: AbortSignal;
}

/**
 * The registry that belongs to the cloud of a target's cluster, by what the names of its images begin with. For `eks()` it
 * is the private registry of the cluster's account and region, for which the cluster is looked up; for `gke()` Artifact
 * Registry beside the cluster, or its option `registry`; for `aks()` its option `registry`. The last two ask nobody.
 *
 * @throws SluiceError `REGISTRY_UNKNOWN` for `kubeconfig()`, `inCluster()`, `aks()` without `registry` and targets that are
 * no cluster; for `eks()` also `CLUSTER_DENIED`, `CLOUD_FAILED` and `DEPENDENCY_MISSING`
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { eks, registryOf } from "sluice/eks";
 *
 * const production = eks({ cluster: "prod", region: "eu-west-1", namespace: "shop" });
 *
 * export default pipeline({ name: "shop" }, (p) => {
 *   const stage = p.stage("package");
 *   const registry = stage.job("registry", ({ root, signal }) => registryOf(production, { root, signal }));
 *   stage.job("image", sh`docker build --push --tag ${registry.prefix}/web:1 .`);
 * });
 * ```
 */
export async function registryOf<R extends string>(
  target: Target<R>,
  { env = {}, root = process.cwd(), signal = new AbortController().signal }: RegistryOptions = {},
): Promise<ClusterRegistry> {
  if (target.registry !== undefined) return await target.registry({ env, root, signal });
  throw new SluiceError(
    "REGISTRY_UNKNOWN",
    `the target "${target.name}" of kind ${target.kind} has no registry`,
    { hint: "Targets made by eks(), gke() and aks() have one; elsewhere, name it where images are named." },
  );
}
