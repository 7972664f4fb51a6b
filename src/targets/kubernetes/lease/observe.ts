import type { Clock } from "../../../ports/index.ts";
import { abortable } from "../api/abortable.ts";
import type { ClusterApi } from "../api/types.ts";
import { watchKey } from "../apply/refs.ts";
import { leaseRef, type LeaseState, readLease } from "./lease-object.ts";

/** How long a lease without a duration of its own is looked at: milliseconds. */
const UNSAID = 30_000;

/**
 * Looks at a lease that somebody holds until it changes, or its whole duration has passed: then its holder is gone.
 * Gives what it has become; `undefined` where it was removed.
 */
export async function observe(
  api: ClusterApi,
  state: LeaseState,
  clock: Clock,
  signal: AbortSignal,
): Promise<LeaseState | "unchanged" | undefined> {
  const { name, namespace = "" } = state.object.metadata;
  const ref = leaseRef(namespace, name);
  const watch = api.watch(ref, { namespace, fields: `metadata.name=${name}` });
  const over = new AbortController();
  let look = (): void => undefined;
  const changed = new Promise<LeaseState | undefined>((resolve) => {
    look = () => {
      const object = watch.objects.get(watchKey(ref));
      if (object === undefined) resolve(undefined);
      else if (object.metadata.resourceVersion !== state.object.metadata.resourceVersion)
        resolve(readLease(object));
    };
  });
  const unhear = watch.onChange(() => look());
  try {
    await abortable(watch.synced, signal);
    look();
    const passed = clock
      .sleep(state.duration === 0 ? UNSAID : state.duration, AbortSignal.any([signal, over.signal]))
      .then(() => "unchanged" as const);
    return await Promise.race([changed, passed, watch.broken]);
  } finally {
    over.abort();
    unhear();
    watch.close();
  }
}
