import { SluiceError } from "../../../errors/index.ts";
import { formatDuration } from "../../../util/duration.ts";
import { abortable } from "../api/abortable.ts";
import type { ClusterApi, KubeObject, ObjectRef, ObjectWatch } from "../api/types.ts";
import { nameOf, watchKey } from "../apply/refs.ts";
import { Bell } from "./bell.ts";
import { queryFor } from "./queries.ts";
import type { WaitOptions } from "./types.ts";
import { Watches } from "./watches.ts";

/** An object that is to go. With `uid`, another one of the same name does not count. */
export type LeavingRef = ObjectRef & { readonly uid?: string };

/** Waits until none of these objects is there any more. Throws `TARGET_STATE` with what holds them when the time is over. */
export async function waitUntilGone(
  api: ClusterApi,
  refs: readonly LeavingRef[],
  options: Pick<WaitOptions, "timeout" | "signal" | "now">,
): Promise<void> {
  const { timeout, signal, now = Date.now } = options;
  const bell = new Bell();
  const watches = new Watches(api, bell);
  const end = now() + timeout;
  try {
    const opening = refs.map(async (ref) => {
      const alike = refs.filter((one) => isAlike(one, ref));
      return { ref, watch: await watches.of(ref, queryFor(alike)) };
    });
    const seen = await abortable(Promise.all(opening), signal);
    for (;;) {
      watches.check();
      const left = seen.flatMap((one) => stillThere(one) ?? []);
      if (left.length === 0) return;
      const ms = end - now();
      if (ms <= 0) throw stays(left, timeout);
      await bell.next(ms, signal);
    }
  } finally {
    watches.close();
  }
}

function isAlike(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.apiVersion === b.apiVersion && a.namespace === b.namespace;
}

interface Staying {
  readonly ref: LeavingRef;
  readonly object: KubeObject;
}

function stillThere({
  ref,
  watch,
}: {
  readonly ref: LeavingRef;
  readonly watch: ObjectWatch;
}): Staying | undefined {
  const object = watch.objects.get(watchKey(ref));
  if (object === undefined || (ref.uid !== undefined && object.metadata.uid !== ref.uid)) return undefined;
  return { ref, object };
}

function stays(left: readonly Staying[], timeout: number): SluiceError {
  const lines = left.map(({ ref, object: { metadata } }) => {
    const { finalizers = [], deletionTimestamp } = metadata;
    if (deletionTimestamp === undefined) return `${nameOf(ref)} is not being deleted`;
    const held =
      finalizers.length === 0 ? "its node has not ended it yet" : `held by ${finalizers.join(", ")}`;
    return `${nameOf(ref)} is being deleted since ${deletionTimestamp}, ${held}`;
  });
  return new SluiceError(
    "TARGET_STATE",
    `still there after ${formatDuration(timeout)}: ${lines.join("; ")}`,
    {
      hint: "See whether the controller that has to remove each finalizer is running.",
    },
  );
}
