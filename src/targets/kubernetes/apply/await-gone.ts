import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi } from "../api/types.ts";
import { type LeavingRef, waitUntilGone } from "../wait/wait-until-gone.ts";

/** How long objects may take to go before the rest is removed all the same: milliseconds. */
const GOING = 60_000;

/** Waits until objects that were removed are gone. What stays is told, and stops nothing. */
export async function awaitGone(
  api: ClusterApi,
  refs: readonly LeavingRef[],
  { signal, report }: { readonly signal: AbortSignal; readonly report: (text: string) => void },
): Promise<void> {
  const live = await Promise.all(refs.map((ref) => api.get(ref)));
  // What nobody holds is gone by now, and needs no watch.
  const left = refs.filter((ref, index) => live[index] !== undefined && live[index].metadata.uid === ref.uid);
  if (left.length === 0) return;
  try {
    await waitUntilGone(api, left, { timeout: GOING, signal });
  } catch (error) {
    if (!isSluiceError(error) || !["TARGET_STATE", "CLUSTER_DENIED"].includes(error.code)) throw error;
    report(error.message);
  }
}
