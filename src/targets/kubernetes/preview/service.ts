import type { ResolvedApp, RolloutState, TargetPreview } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { previewAlone } from "../apply/preview.ts";
import { scrubber } from "../apply/scrub.ts";
import { contentOf, isAutoscaled } from "../driver/content.ts";
import { KubernetesDriver } from "../driver/driver.ts";
import { jobObject } from "../driver/jobs.ts";
import { identityOf, type Session } from "../driver/session.ts";
import { lookAt, type Situation } from "../driver/situation.ts";
import { refOf } from "../apply/refs.ts";
import { sameRef } from "../release/snapshot.ts";
import { MANAGER, type ServiceContent, type StoredRelease } from "../release/types.ts";
import { newSalt, readSalt } from "../render/salt.ts";
import { renderService } from "../render/service.ts";
import type { RenderedJob, RenderedService } from "../render/types.ts";
import { asChanges, created, type ObjectChange } from "./changes.ts";
import { fillTyped, liveSecrets } from "./fill.ts";
import { forgotten } from "./forgotten.ts";
import { previewInPlace } from "./in-place.ts";
import { ofChanges, ofHooks } from "./irreversible.ts";
import { nameByContent, type Unsettled } from "./name-by-content.ts";
import { tagImages } from "./tag-images.ts";
import { rerouting, settled } from "./traffic.ts";

/** What releasing a `service()` would change. Without a `namespace` to be asked about, all of it is made. */
export async function previewService(
  session: Session,
  given: ResolvedApp,
  namespaceIsThere: boolean,
): Promise<TargetPreview> {
  const { place, api } = session;
  const words = Object.keys(given.unknown ?? {});
  const all = namespaceIsThere ? await session.records.list() : [];
  const now = namespaceIsThere
    ? await lookAt(
        api,
        place,
        all.filter(({ header: { state } }) => state === "pending" || state === "live"),
      )
    : NOTHING;
  const live = await contentNow(session, now);
  const { rendered, unsettled, notes } = await render(session, given, live, namespaceIsThere);
  const about = { live: now.stable?.revision, current: false, irreversible: [], notes };
  if (!namespaceIsThere) return nameByContent({ ...about, ...firstRelease(session, rendered) }, unsettled);
  const state = await new KubernetesDriver(session, rendered).observe();
  const left = leftOver(now, rendered);
  const said = [...notes, ...left, ...unwell(state, rendered)];
  const resized = onlySize(now, rendered);
  if (state.current || resized !== undefined) {
    const rerouted = await rerouting(session, now, live);
    const changes = [...(resized?.changes ?? []), ...rerouted.changes];
    const irreversible = [...(resized?.irreversible ?? []), ...rerouted.irreversible];
    const current = changes.length === 0;
    return { ...about, current, changes, irreversible, notes: [...said, ...rerouted.notes] };
  }
  const whole = await release(session, { all, now, live, rendered, desired: state.desired, words });
  return nameByContent({ ...about, ...whole, notes: [...said, ...whole.notes] }, unsettled);
}

const NOTHING: Situation = {
  stable: undefined,
  candidate: undefined,
  outgoing: [],
  workloads: new Map(),
  baselines: [],
};

async function contentNow({ records }: Session, { stable }: Situation): Promise<ServiceContent | undefined> {
  if (stable === undefined) return undefined;
  const { content } = await records.payload(stable.release);
  return content.kind === "service" ? content : undefined;
}

/** The app as it would be released, as far as that is known. */
async function render(
  { api, place }: Session,
  given: ResolvedApp,
  live: ServiceContent | undefined,
  namespaceIsThere: boolean,
): Promise<{
  readonly rendered: RenderedService;
  readonly unsettled: readonly Unsettled[];
  readonly notes: readonly string[];
}> {
  const kept = liveSecrets(given, place.app, live?.configuration ?? []);
  const { app, filled } = fillTyped({ ...given, secrets: { ...given.secrets, ...kept } }, live);
  const salt = namespaceIsThere ? await readSalt(api, place.namespace) : undefined;
  const rendered = renderService(app, identityOf(place), { salt: salt ?? newSalt() });
  const words = Object.keys(given.unknown ?? {});
  const holdsUnknown = (object: KubeObject): boolean => {
    const text = JSON.stringify(object);
    return words.some((word) => text.includes(word) || text.includes(Buffer.from(word).toString("base64")));
  };
  const hashed = rendered.configuration.filter(({ kind }) => kind === "ConfigMap" || kind === "Secret");
  const unsettled = hashed.filter(holdsUnknown).map((object) => ({
    object,
    why:
      object.kind === "Secret" ? "no secret is read for a plan" : "a part of that is known only in the run",
  }));
  const secrets = Object.keys(kept);
  const assumed =
    secrets.length === 0
      ? []
      : [
          `no secret is read for a plan: ${secrets.join(", ")} ${secrets.length === 1 ? "counts" : "count"} as unchanged`,
        ];
  return { rendered, unsettled, notes: [...filled, ...assumed] };
}

function firstRelease(
  session: Session,
  rendered: RenderedService,
): Pick<TargetPreview, "changes" | "irreversible"> {
  const content = contentOf(rendered, 1, rendered.replicas);
  const jobs = [...rendered.before, ...rendered.after].map((job) => jobObject(session, job, 1));
  const routes = settled(session, content, 1);
  const objects = [...content.configuration, ...jobs, content.workload, ...routes, ...content.stable];
  const { changes } = asChanges(created(objects, session.place.namespace));
  return { changes, irreversible: ofHooks(rendered) };
}

/** What an earlier run has left, which is seen to first. */
function leftOver({ candidate }: Situation, { digest }: RenderedService): readonly string[] {
  if (candidate === undefined) return [];
  const { header } = candidate.release;
  const goesOn = header.digest === digest && !header.returning;
  return [
    `revision ${header.revision} was begun and not ended: ${goesOn ? "it would be gone on with" : "it would be taken back first"}`,
  ];
}

function unwell({ stable }: RolloutState, { digest, replicas }: RenderedService): readonly string[] {
  if (stable?.digest !== digest || stable.ready >= Math.min(replicas, stable.replicas)) return [];
  return [
    `revision ${stable.revision} is what would be deployed, but only ${stable.ready} of ${stable.replicas} replicas are ready`,
  ];
}

/** The same release in another size is resized where it is. */
function onlySize(
  { stable, candidate }: Situation,
  rendered: RenderedService,
): Pick<TargetPreview, "changes" | "irreversible"> | undefined {
  const { digest, replicas } = rendered;
  if (stable?.workload === undefined || stable.release.header.digest !== digest) return undefined;
  if (stable.replicas === replicas || isAutoscaled(rendered.stableObjects("any"))) return undefined;
  if (candidate?.release.header.digest === digest) return undefined;
  const field = { path: "spec.replicas", from: String(stable.replicas), to: String(replicas) };
  const { changes } = asChanges([
    { ref: refOf(stable.workload), change: "update", fields: [field], conflicts: [] },
  ]);
  return { changes, irreversible: ["only the size changes, which is not taken back if it fails"] };
}

interface Planned {
  readonly all: readonly StoredRelease[];
  readonly now: Situation;
  readonly live: ServiceContent | undefined;
  readonly rendered: RenderedService;
  readonly desired: number;
  /** What stands for unknown values. */
  readonly words: readonly string[];
}

async function release(
  session: Session,
  { all, now, live, rendered, desired, words }: Planned,
): Promise<Pick<TargetPreview, "changes" | "irreversible" | "notes">> {
  const { api, place, force, mask } = session;
  const signal = session.forward;
  const revision = nextRevision(all, now, rendered);
  const content = contentOf(rendered, revision, desired);
  const alone = (objects: readonly KubeObject[]): Promise<readonly ObjectChange[]> =>
    previewAlone(api, objects, { manager: MANAGER, namespace: place.namespace, force }, { signal, mask });
  const jobs = (list: readonly RenderedJob[]): readonly KubeObject[] =>
    list.map((job) => tagImages(jobObject(session, job, revision), words));
  const scrub = scrubber([...content.configuration, ...(live?.configuration ?? [])], mask);
  const workload = tagImages(content.workload, words);
  const parts = await Promise.all([
    alone([...content.configuration, ...jobs(rendered.before)]),
    previewInPlace(session, workload, now.stable?.workload, scrub).then((one) => [one]),
    alone([...settled(session, content, revision), ...content.stable, ...jobs(rendered.after)]),
  ]);
  const dropped = (live?.stable ?? [])
    .map(refOf)
    .filter((ref) => !content.stable.some((one) => sameRef(ref, refOf(one))));
  const old = await forgotten(session, all, now);
  const gone = dropped.map((ref): ObjectChange => ({ ref, change: "remove", fields: [], conflicts: [] }));
  const objects = [...parts.flat(), ...gone];
  const { changes, notes } = asChanges([...objects, ...old.changes]);
  const lost =
    now.stable !== undefined && now.stable.workload === undefined
      ? [`the Deployment of revision ${now.stable.revision}, which is live, is not there any more`]
      : [];
  // Hooks are judged by what they say of themselves, not as jobs of which nothing is known.
  const others = objects.filter(({ ref }) => ref.kind !== "Job");
  const irreversible = [...ofHooks(rendered), ...lost, ...(await ofChanges(api, others))];
  const tooOld =
    old.revisions.length === 0 ? [] : [`too old to be kept: revision ${old.revisions.join(", ")}`];
  return { changes, irreversible, notes: [...notes, ...tooOld] };
}

function nextRevision(
  all: readonly StoredRelease[],
  { candidate }: Situation,
  { digest }: RenderedService,
): number {
  const header = candidate?.release.header;
  if (header?.digest === digest && !header.returning) return header.revision;
  return (all[0]?.header.revision ?? 0) + 1;
}
