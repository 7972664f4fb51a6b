import type { ClusterConnection, ClusterProvider, CountProvider, TargetContext } from "../../ports/index.ts";
import { abortWith } from "./abort-with.ts";
import { abortable } from "./api/abortable.ts";
import { openClusterApi } from "./api/open.ts";
import type { ClusterApi } from "./api/types.ts";
import type { CountsFrom } from "./driver/counts.ts";
import type { KubernetesSpec } from "./spec.ts";

/** What a target is made with and no plan can hold. */
export interface TargetHands {
  readonly provider: ClusterProvider;
  readonly counts: CountProvider | CountsFrom | undefined;
  /** Speaks with the API server. @defaultValue the real one */
  readonly open?: typeof openClusterApi;
  /** How long the lease of a process that is gone holds up the next one: milliseconds. @defaultValue 30,000 */
  readonly leaseDuration?: number;
}

/** A cluster that is spoken to. */
export interface OpenCluster {
  readonly api: ClusterApi;
  readonly connection: ClusterConnection;
  readonly namespace: string;
}

/** Opens the cluster. Nothing is asked of it but what its provider asks. `cut` ends every request at once. */
export async function openCluster(
  { provider, open }: TargetHands,
  spec: KubernetesSpec,
  context: TargetContext,
  cut?: AbortSignal,
): Promise<OpenCluster> {
  const { env, root } = context;
  context.signal.throwIfAborted();
  const all = { ...process.env, ...env };
  const log = (text: string): void => {
    context.write("stderr", `${context.mask(text)}\n`)?.catch(() => undefined);
  };
  // The run's signal ends the way in alone: taking a release back needs credentials after the run was cancelled.
  const way = new AbortController();
  const part = abortWith(context.signal, way);
  const asked = { env: all, root, signal: way.signal, now: () => Date.now(), log };
  const connection = await abortable(provider.connect(asked), context.signal).finally(part);
  const ending = cut === undefined ? {} : { signal: cut };
  const api = (open ?? openClusterApi)(connection, {
    cluster: provider.describe(),
    env: all,
    log,
    ...ending,
  });
  return { api, connection, namespace: spec.namespace ?? connection.namespace ?? "default" };
}
