import { gunzipSync } from "node:zlib";
import type { ResolvedApp, TargetContext, TargetPreview } from "../../../ports/index.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import { previewAlone } from "../apply/preview.ts";
import { HelmDriver } from "../driver/helm-driver.ts";
import { openHelm } from "../driver/open-helm.ts";
import type { Session } from "../driver/session.ts";
import { servedRefs } from "../driver/whole-ready.ts";
import { readChart } from "../helm/read-chart.ts";
import { helmStatus, revisionRef } from "../helm/revisions.ts";
import { helmTemplate } from "../helm/template.ts";
import { readObjects } from "../manifests/load-manifests.ts";
import { ManifestProblems } from "../manifests/problems.ts";
import type { OpenCluster } from "../place.ts";
import { refOf, sameRef } from "../release/snapshot.ts";
import { newSalt, readSalt } from "../render/salt.ts";
import { at } from "../readiness/object.ts";
import { asChanges, created, type ObjectChange } from "./changes.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { ofChanges } from "./irreversible.ts";
import { tagImages } from "./tag-images.ts";

const HELM = "helm";
const SECRETS = "no secret is read for a plan: what the chart puts one into counts as changed";
const HOOKS = "hooks of the chart are not shown: what they do is not undone";

/** What installing or upgrading a chart would change. */
export async function previewHelm(
  session: Session,
  open: OpenCluster,
  app: ResolvedApp,
  context: TargetContext,
  namespaceIsThere: boolean,
): Promise<TargetPreview> {
  const { api, place, mask } = session;
  const signal = session.forward;
  const chart = readChart(app, place.app);
  const helm = await openHelm(open, context);
  try {
    const salt = namespaceIsThere ? await readSalt(api, place.namespace) : undefined;
    const { digest, objects } = await helmTemplate(helm.at(signal), chart, salt ?? newSalt());
    if (!namespaceIsThere) {
      const { changes } = asChanges(created(objects, place.namespace));
      return { live: undefined, current: false, changes, irreversible: [], notes: [HOOKS] };
    }
    const { release, timeout } = chart;
    const state = await new HelmDriver(session, helm, { digest, release, timeout, to: { chart } }).observe();
    const live = state.stable?.revision;
    if (state.current) return { live, current: true, changes: [], irreversible: [], notes: [] };
    const placed = await inNamespace(session, tagImages(objects, Object.keys(app.unknown ?? {})));
    const scope = { manager: HELM, namespace: place.namespace, force: true };
    const previews = await previewAlone(api, placed, scope, { signal, mask });
    const gone = await removedFrom(session, release, placed.map(refOf));
    const all = [...hideSecrets(previews, placed, app).map(ofOthers), ...gone];
    const { changes, notes } = asChanges(all);
    const irreversible = await ofChanges(
      api,
      all.filter(({ ref }) => ref.kind !== "Job"),
    );
    const secret = Object.keys(app.secrets).length === 0 ? [] : [SECRETS];
    return { live, current: false, changes, irreversible, notes: [...notes, ...secret, HOOKS] };
  } finally {
    await helm.close();
  }
}

/** What Helm itself has set is not taken from anybody. */
function ofOthers(one: ObjectChange): ObjectChange {
  return { ...one, conflicts: one.conflicts.filter(({ owner }) => owner !== HELM) };
}

async function inNamespace(
  { api, place }: Session,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  return await Promise.all(
    objects.map(async (object) => {
      const resource = await api.resource(object).catch(() => undefined);
      if (resource?.namespaced === false) return object;
      return { ...object, metadata: { namespace: place.namespace, ...object.metadata } };
    }),
  );
}

/**
 * What the deployed revision has made and the chart no longer makes.
 *
 * Source: Helm's storage driver for Secrets: the release as JSON, gzipped, in base64, in the Secret's field `release`.
 */
async function removedFrom(
  { api, place }: Session,
  release: string,
  kept: readonly ObjectRef[],
): Promise<readonly ObjectChange[]> {
  const revisions = await helmStatus(api, place.namespace, release);
  const deployed = revisions.find(({ status }) => status === "deployed");
  const secret = deployed && (await api.get(revisionRef(place.namespace, release, deployed.revision)));
  const held = at(secret, "data", "release");
  if (typeof held !== "string") return [];
  const packed = Buffer.from(Buffer.from(held, "base64").toString(), "base64");
  const { manifest = "" } = JSON.parse(gunzipSync(packed).toString()) as { readonly manifest?: string };
  const old = await readObjects(manifest, `release ${release}`, undefined, new ManifestProblems());
  const refs = await servedRefs(
    api,
    old.map(({ object }) => ({ namespace: place.namespace, ...refOf(object) })),
  );
  return refs
    .filter((ref) => !kept.some((other) => sameRef(ref, other)))
    .map((ref) => ({ ref, change: "remove", fields: [], conflicts: [] }));
}
