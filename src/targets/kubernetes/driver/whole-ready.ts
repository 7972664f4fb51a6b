import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { helmStatus } from "../helm/revisions.ts";
import { judgeReadiness } from "../readiness/judge.ts";
import { at } from "../readiness/object.ts";
import { groupOf, refOf } from "../apply/refs.ts";
import type { BundleContent, HelmContent, ReleaseState } from "../release/types.ts";

/** Objects as they are; `undefined` for one that is not there. */
export type Look = (refs: readonly ObjectRef[]) => Promise<readonly (KubeObject | undefined)[]>;

/** Whether something that rolls out by itself is there, and is ready. `state` is its release's. */
export async function wholeIsReady(
  api: ClusterApi,
  namespace: string,
  content: BundleContent | HelmContent,
  state: ReleaseState,
  look: Look = (refs) => Promise.all(refs.map((ref) => api.get(ref))),
): Promise<boolean> {
  if (content.kind === "helm") {
    const [newest] = await helmStatus(api, namespace, content.release);
    return newest?.status === "deployed" && newest.revision === content.revision;
  }
  const all = content.objects.map((object) => ({ namespace, ...refOf(object) }));
  const refs = await servedRefs(api, all);
  if (refs.length < all.length) return false;
  const objects = await look(refs);
  return objects.every((object, index) => {
    if (object === undefined) return state === "live" && removesItself(content.objects[index]);
    return judgeReadiness(object, object.metadata.generation).state === "ready";
  });
}

/** A Job that is removed some time after it has ended: a release has gone live only once it had. */
function removesItself(object: KubeObject | undefined): boolean {
  if (object?.kind !== "Job" || groupOf(object) !== "batch") return false;
  return at(object, "spec", "ttlSecondsAfterFinished") !== undefined;
}

/** Those of kinds that are served: others have no objects yet. Kinds without namespaces lose theirs. */
export async function servedRefs(api: ClusterApi, refs: readonly ObjectRef[]): Promise<readonly ObjectRef[]> {
  const served = await Promise.all(
    refs.map(async (ref) => {
      const resource = await api.resource(ref).catch(() => undefined);
      if (resource === undefined) return undefined;
      const { namespace: _none, ...whole } = ref;
      return resource.namespaced ? ref : whole;
    }),
  );
  return served.filter((ref) => ref !== undefined);
}
