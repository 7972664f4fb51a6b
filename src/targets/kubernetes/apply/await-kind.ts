import { setTimeout as sleep } from "node:timers/promises";
import { isSluiceError } from "../../../errors/index.ts";
import type { ApiResource, ClusterApi, KindRef } from "../api/types.ts";

/** How long discovery may lag behind a definition that is established: milliseconds. */
const LAG = 15_000;

/**
 * Waits until the server serves a kind whose definition is established. Nothing tells when discovery has caught up, so
 * it is asked, ever more rarely.
 */
export async function awaitKind(api: ClusterApi, kind: KindRef, signal: AbortSignal): Promise<ApiResource> {
  const since = Date.now();
  for (let delay = 25; ; delay = Math.min(delay * 2, 1_000)) {
    try {
      return await api.resource({ apiVersion: kind.apiVersion, kind: kind.kind });
    } catch (error) {
      const unknown = isSluiceError(error) && error.code === "MANIFEST_INVALID";
      if (!unknown || Date.now() - since > LAG) throw error;
    }
    await sleep(delay, undefined, { signal });
  }
}
