import pLimit from "p-limit";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { MEMBER } from "./apply-set-labels.ts";
import { AT_ONCE } from "./inspect.ts";
import { keyOf } from "./refs.ts";

/**
 * Those of these objects that are members of a set, by {@link keyOf}: one list for each kind and place of which several
 * are asked for, so that many objects cost few requests. One of which there is no other is not looked for.
 */
export async function listMembers(
  api: ClusterApi,
  set: string,
  refs: readonly ObjectRef[],
): Promise<ReadonlyMap<string, KubeObject>> {
  const limit = pLimit(AT_ONCE);
  const groups = new Map<string, ObjectRef[]>();
  for (const ref of refs) {
    const key = [ref.apiVersion, ref.kind, ref.namespace ?? ""].join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [ref]);
    else group.push(ref);
  }
  const labels = `${MEMBER}=${set}`;
  const lists = [...groups.values()].map(async (group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return [];
    const { apiVersion, kind, namespace } = first;
    const query = { labels, ...(namespace === undefined ? {} : { namespace }) };
    const wanted = new Set(group.map(keyOf));
    const found = await limit(() => api.list({ apiVersion, kind }, query));
    // Items of a list come without their kind.
    return found
      .map((object) => ({ ...object, apiVersion, kind }))
      .map((object) => [keyOf({ ...first, name: object.metadata.name }), object] as const)
      .filter(([key]) => wanted.has(key));
  });
  return new Map((await Promise.all(lists)).flat());
}
