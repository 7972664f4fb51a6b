import { keyOf } from "../apply/refs.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { ownedFields } from "./owned-fields.ts";
import { MANAGER, type Touched } from "./types.ts";

/** How objects are before a release touches them. `check` is given those that are there. */
export async function takeSnapshot(
  api: ClusterApi,
  refs: readonly ObjectRef[],
  check: (objects: readonly KubeObject[]) => void = () => undefined,
): Promise<readonly Touched[]> {
  const found = await Promise.all(refs.map(async (ref) => ({ ref, object: await api.get(ref) })));
  check(found.flatMap(({ object }) => object ?? []));
  return found.map(({ ref, object }) => touchedAs(ref, object));
}

/** What to keep of an object as it is before a release touches it; `undefined`: it is not there. */
export function touchedAs(ref: ObjectRef, object: KubeObject | undefined): Touched {
  // Kinds of an answer to a GET are those asked for; some servers leave them out.
  const known = object && { ...object, apiVersion: ref.apiVersion, kind: ref.kind };
  return { ref, fields: known && ownedFields(known, MANAGER) };
}

/** Whether two name the same object, in whatever version of its kind. */
export function sameRef(a: ObjectRef, b: ObjectRef): boolean {
  return keyOf(a) === keyOf(b);
}
