import { SluiceError } from "../../errors/index.ts";
import type { ClusterContext, ClusterProvider, ClusterRegistry } from "../../ports/index.ts";
import { abortable } from "./api/abortable.ts";

type Asked = Pick<ClusterContext, "env" | "root" | "signal">;

/** The registry as the way in says it; `undefined` where that knows none. Variables stand over this process's own. */
export async function askRegistry(
  provider: ClusterProvider,
  { env, root, signal }: Asked,
): Promise<ClusterRegistry | undefined> {
  signal.throwIfAborted();
  const asked: ClusterContext = { env: { ...process.env, ...env }, root, signal, now: () => Date.now() };
  return provider.registry === undefined ? undefined : await abortable(provider.registry(asked), signal);
}

/** @throws SluiceError `REGISTRY_UNKNOWN`, and what the way in throws */
export async function registryOfProvider(provider: ClusterProvider, asked: Asked): Promise<ClusterRegistry> {
  const registry = await askRegistry(provider, asked);
  if (registry !== undefined) return registry;
  throw new SluiceError("REGISTRY_UNKNOWN", `nobody says which registry belongs to ${provider.describe()}`, {
    hint: 'eks() and gke() know theirs, and AKS has to be told: aks({ registry: "acme.azurecr.io" }). Elsewhere, name it where images are named.',
  });
}
