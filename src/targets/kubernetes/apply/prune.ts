import pLimit from "p-limit";
import type { ClusterApi, KindRef, KubeObject, ObjectRef } from "../api/types.ts";
import { at, list } from "../readiness/object.ts";
import { MEMBER } from "./apply-set-labels.ts";
import { AT_ONCE } from "./inspect.ts";
import { awaitGone } from "./await-gone.ts";
import { inRemovalWaves } from "./order.ts";
import { setIdOf } from "./place.ts";
import { isPrecious } from "./precious.ts";
import { keyOf, nameOf, refOf } from "./refs.ts";
import { removeOne } from "./remove-one.ts";
import { servedKind } from "./served-kind.ts";
import { readSet, recordOf, type SetRecord, writeSet } from "./set-parent.ts";
import type { ApplyOptions, ApplyScope } from "./types.ts";

/** What is in the set and no longer among the objects. */
export interface Prunable {
  readonly object: KubeObject;
  readonly ref: ObjectRef;
  /** Why it is left as it is; absent where it is removed. */
  readonly kept?: string;
}

/**
 * The members of the scope's set that are not in `keep`, in the order in which they are removed: the reverse of that of
 * applying. Changes nothing.
 */
export async function prunable(
  api: ClusterApi,
  scope: ApplyScope,
  keep: readonly ObjectRef[],
): Promise<readonly Prunable[]> {
  return leftOver(await membersOf(api, scope, await readSet(api, scope), keep), scope, keep);
}

/**
 * Removes the members of the scope's set that are not in `keep`, and has the set's parent name only what is left. Meant
 * to be called once what replaces them is ready. Gives what was removed.
 *
 * Source of the order (superset, apply, prune, shrink): KEP-3659.
 */
export async function pruneObjects(
  api: ClusterApi,
  scope: ApplyScope,
  keep: readonly ObjectRef[],
  options: Pick<ApplyOptions, "signal" | "report">,
): Promise<readonly Prunable[]> {
  const set = await readSet(api, scope);
  if (!set.exists) return [];
  const candidates = leftOver(await membersOf(api, scope, set, keep), scope, keep);
  const removed = candidates.filter(({ kept }) => kept === undefined);
  for (const wave of inRemovalWaves(removed.map((one) => ({ ...one.object, one })))) {
    options.signal.throwIfAborted();
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      wave.objects.map(({ one: { ref, object } }) =>
        limit(async () => {
          if (await removeOne(api, ref, object.metadata.uid)) options.report(`${nameOf(ref)}: removed`);
        }),
      ),
    );
    const gone = wave.objects.map(({ one: { ref, object } }) => ({ ...ref, ...uidOf(object) }));
    if (wave.settles) await awaitGone(api, gone, options);
  }
  const kept = candidates.filter((one) => one.kept !== undefined);
  for (const { ref, kept: why } of kept) options.report(`${nameOf(ref)}: ${why ?? "kept"}`);
  await writeSet(api, scope, set, recordOf([...keep, ...kept.map(({ ref }) => ref)], scope));
  return removed;
}

function leftOver(
  members: readonly KubeObject[],
  scope: ApplyScope,
  keep: readonly ObjectRef[],
): readonly Prunable[] {
  const kept = new Set(keep.map(keyOf));
  const gone = members.filter(
    (member) =>
      !kept.has(keyOf(refOf(member))) && !isMadeByController(member) && isOurs(member, scope.manager),
  );
  return inRemovalWaves(gone)
    .flatMap(({ objects }) => objects)
    .map((object) => {
      const ref = refOf(object);
      const why = reasonToKeep(ref, scope);
      return { object, ref, ...(why === undefined ? {} : { kept: why }) };
    });
}

function reasonToKeep(ref: ObjectRef, { prune = "safe" }: ApplyScope): string | undefined {
  if (prune === "none") return 'no longer among the objects, and left as it is (prune: "none")';
  if (prune === "all" || !isPrecious(ref)) return undefined;
  return 'no longer among the objects, and left as it is, because data would go with it (prune: "all" removes it)';
}

/** Labels are handed down (a Service's to its EndpointSlices), and what a controller made, it removes. */
function isMadeByController(object: KubeObject): boolean {
  return list(object, "metadata", "ownerReferences").some((owner) => at(owner, "controller") === true);
}

/** A controller may copy all labels to what it makes, as that of Endpoints does; none of its fields is ours then. */
function isOurs({ metadata: { managedFields = [] } }: KubeObject, manager: string): boolean {
  return managedFields.length === 0 || managedFields.some((entry) => entry.manager === manager);
}

function uidOf({ metadata: { uid } }: KubeObject): { readonly uid?: string } {
  return uid === undefined ? {} : { uid };
}

async function membersOf(
  api: ClusterApi,
  scope: ApplyScope,
  set: SetRecord,
  known: readonly KindRef[],
): Promise<readonly KubeObject[]> {
  const labels = `${MEMBER}=${setIdOf(scope)}`;
  const limit = pLimit(AT_ONCE);
  const lists = set.kinds.map(async (entry) => {
    const kind = await servedKind(api, entry, known);
    if (kind === undefined) return [];
    if (!kind.namespaced) return [await limit(() => api.list(kind, { labels }))];
    const places = [scope.namespace, ...set.namespaces];
    return await Promise.all(places.map((namespace) => limit(() => api.list(kind, { namespace, labels }))));
  });
  return (await Promise.all(lists)).flat(2);
}
