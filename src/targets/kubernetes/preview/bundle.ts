import type { ResolvedApp, TargetContext, TargetPreview } from "../../../ports/index.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { previewObjects } from "../apply/preview.ts";
import { nameOf, refOf } from "../apply/refs.ts";
import { BundleDriver } from "../driver/bundle-driver.ts";
import type { Session } from "../driver/session.ts";
import { renderBundle } from "../manifests/render-bundle.ts";
import { MANAGER } from "../release/types.ts";
import { asChanges, created, type ObjectChange } from "./changes.ts";
import { fillLike } from "./fill-like.ts";
import { ofChanges } from "./irreversible.ts";
import { tagImages } from "./tag-images.ts";

/** What applying manifests, and removing what is no longer among them, would change. */
export async function previewBundle(
  session: Session,
  app: ResolvedApp,
  context: TargetContext,
  namespaceIsThere: boolean,
): Promise<TargetPreview> {
  const { api, place, force, mask } = session;
  const bundle = await renderBundle(app, context);
  if (!namespaceIsThere) {
    const made = created(bundle.objects, place.namespace);
    const { changes } = asChanges(made);
    return { live: undefined, current: false, changes, irreversible: await ofChanges(api, made), notes: [] };
  }
  const words = Object.keys(app.unknown ?? {});
  const { objects, filled } = await filledIn(api, place.namespace, bundle.objects, words);
  const state = await new BundleDriver(session, { kind: "bundle", ...bundle, objects }).observe();
  const kept: string[] = [];
  const { prune = "safe" } = bundle;
  const scope = { manager: MANAGER, namespace: place.namespace, set: `sluice.${place.app}`, force, prune };
  const report = (text: string): void => void kept.push(text);
  const previews = await previewObjects(api, objects, scope, { signal: session.forward, mask, report });
  const { found, unchecked } = uncheckable(previews, objects, words);
  // What is live is left as it is, but for what its release should have removed.
  const touched = state.current ? found.filter(({ change }) => change === "remove") : found;
  const { changes, notes } = asChanges(touched);
  const left =
    state.candidate === undefined
      ? []
      : [
          `revision ${state.candidate.revision} was begun and not ended: it would be gone on with, or taken back first`,
        ];
  return {
    live: state.stable?.revision,
    current: state.current && touched.length === 0,
    changes,
    irreversible: await ofChanges(api, touched),
    notes: [...filled, ...unchecked, ...left, ...kept, ...notes],
  };
}

/** Unknown values where something else than text stands now, as it stands now. */
async function filledIn(
  api: ClusterApi,
  namespace: string,
  objects: readonly KubeObject[],
  words: readonly string[],
): Promise<{ readonly objects: readonly KubeObject[]; readonly filled: readonly string[] }> {
  const filled: string[] = [];
  const results = await Promise.all(
    objects.map(async (given) => {
      if (!holds(given, words)) return given;
      const object = tagImages(given, words);
      const resource = await api.resource(object).catch(() => undefined);
      if (resource === undefined) return object;
      const { namespace: own = namespace, ...ref } = refOf(object);
      const live = await api.get(resource.namespaced ? { ...ref, namespace: own } : ref);
      const paths: string[] = [];
      const result = fillLike(object, live, words, paths) as KubeObject;
      for (const path of paths)
        filled.push(`${nameOf(refOf(object))}: ${path} is known only in the run, and shown as it is now`);
      return result;
    }),
  );
  return { objects: results, filled };
}

/** A refusal of what holds a word for an unknown value says nothing of the value. */
function uncheckable(
  previews: readonly ObjectChange[],
  objects: readonly KubeObject[],
  words: readonly string[],
): { readonly found: readonly ObjectChange[]; readonly unchecked: readonly string[] } {
  const open = objects.filter((object) => holds(object, words));
  const unchecked: string[] = [];
  const found = previews.map((one): ObjectChange => {
    const { problem, ...rest } = one;
    const object = open.find(({ kind, metadata }) => kind === one.ref.kind && metadata.name === one.ref.name);
    if (object === undefined || problem === undefined || one.conflicts.length > 0) return one;
    unchecked.push(
      `the server cannot check ${nameOf(one.ref)} before the run, which gives it values: ${problem}`,
    );
    return { ...rest, change: "update" };
  });
  return { found, unchecked };
}

function holds(object: KubeObject, words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const text = JSON.stringify(object);
  return words.some((word) => text.includes(word));
}
