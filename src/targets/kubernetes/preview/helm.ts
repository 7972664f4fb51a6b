import type { ResolvedApp, TargetContext, TargetPreview } from "../../../ports/index.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import { conflictsOf } from "../apply/explain.ts";
import { previewAlone } from "../apply/preview.ts";
import { keyOf, refOf } from "../apply/refs.ts";
import { HelmDriver } from "../driver/helm-driver.ts";
import { openHelm } from "../driver/open-helm.ts";
import type { Session } from "../driver/session.ts";
import { servedRefs } from "../driver/whole-ready.ts";
import { type KeptRevision, readRevision } from "../helm/deployed.ts";
import { asSent, HELM, helmWay } from "../helm/foresee.ts";
import { readChart } from "../helm/read-chart.ts";
import { helmStatus } from "../helm/revisions.ts";
import { helmTemplate } from "../helm/template.ts";
import type { OpenCluster } from "../place.ts";
import { sameRef } from "../release/snapshot.ts";
import { newSalt, readSalt } from "../render/salt.ts";
import { asChanges, created, type ObjectChange } from "./changes.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { ofChanges } from "./irreversible.ts";
import { tagImages } from "./tag-images.ts";

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
    const state = await new HelmDriver(session, helm, {
      digest,
      release,
      timeout,
      to: { chart, objects },
    }).observe();
    const live = state.stable?.revision;
    if (state.current) return { live, current: true, changes: [], irreversible: [], notes: [] };
    const { namespace } = place;
    const tagged = tagImages(objects, Object.keys(app.unknown ?? {}));
    const placed = await asSent(api, namespace, release, tagged);
    const deployed = await deployedOf(session, release);
    const way = await helmWay(api, helm.at(signal), deployed);
    const scope = { manager: HELM, namespace, force: false };
    const { attempt } = way;
    const previews = await previewAlone(api, placed, scope, { signal, mask, attempt });
    const owned = way.serverSide ? previews : await withOwners(session, previews, placed);
    const gone = await removedFrom(session, deployed?.objects ?? [], placed.map(refOf));
    const all = [...hideSecrets(owned.map(ofOthers), placed, app, deployed?.defaults), ...gone];
    const { changes, notes } = asChanges(all);
    const irreversible = await ofChanges(
      api,
      // What Helm has made, it removes again.
      all.filter(({ ref, change }) => ref.kind !== "Job" && change !== "create"),
    );
    const secret = Object.keys(app.secrets).length === 0 ? [] : [SECRETS];
    return { live, current: false, changes, irreversible, notes: [...notes, ...secret, HOOKS] };
  } finally {
    await helm.close();
  }
}

/** What Helm itself has set is not taken from anybody. What others have set, it does not take. */
function ofOthers(one: ObjectChange): ObjectChange {
  const conflicts = one.conflicts.filter(({ owner }) => owner !== HELM);
  if (one.problem === undefined || conflicts.length === 0) return { ...one, conflicts };
  return { ...one, conflicts, problem: "Helm takes no field over: leave these out of the chart" };
}

/** Where Helm merges by itself, it takes fields over from others and asks nobody: the server says from whom. */
async function withOwners(
  { api }: Session,
  previews: readonly ObjectChange[],
  objects: readonly KubeObject[],
): Promise<readonly ObjectChange[]> {
  const byKey = new Map(objects.map((object) => [keyOf(refOf(object)), object]));
  return await Promise.all(
    previews.map(async (one) => {
      const object = byKey.get(keyOf(one.ref));
      if (one.change !== "update" || object === undefined) return one;
      try {
        await api.apply(object, { manager: HELM, dryRun: true });
        return one;
      } catch (error) {
        return { ...one, conflicts: conflictsOf(error) };
      }
    }),
  );
}

async function deployedOf({ api, place }: Session, release: string): Promise<KeptRevision | undefined> {
  const revisions = await helmStatus(api, place.namespace, release);
  const deployed = revisions.find(({ status }) => status === "deployed");
  return deployed && (await readRevision(api, place.namespace, release, deployed.revision));
}

/** What the deployed revision has made and the chart no longer makes. */
async function removedFrom(
  { api, place }: Session,
  old: readonly KubeObject[],
  kept: readonly ObjectRef[],
): Promise<readonly ObjectChange[]> {
  const refs = await servedRefs(
    api,
    old.map((object) => ({ namespace: place.namespace, ...refOf(object) })),
  );
  return refs
    .filter((ref) => !kept.some((other) => sameRef(ref, other)))
    .map((ref) => ({ ref, change: "remove", fields: [], conflicts: [] }));
}
