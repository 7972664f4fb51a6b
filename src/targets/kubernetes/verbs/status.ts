import { SluiceError } from "../../../errors/index.ts";
import type { RevisionStatus, TargetContext, TargetStatus } from "../../../ports/index.ts";
import { lookAt, partiesOf, type SideNow } from "../driver/situation.ts";
import { wholeIsReady } from "../driver/whole-ready.ts";
import { hurried } from "../hurried.ts";
import { makeRouter } from "../open-session.ts";
import { openCluster, type OpenCluster, type TargetHands } from "../place.ts";
import { listReleases, readPayload } from "../release/record-store.ts";
import type { StoredRelease } from "../release/types.ts";
import type { KubernetesVerbSpec } from "../spec.ts";
import { bundleUrl, serviceUrl } from "../traffic/service-object.ts";
import { appOf, findApps } from "./find-apps.ts";

/** Milliseconds within which a request that failed for a while is sent again: somebody waits for the answer. */
const AGAIN = 10_000;

/**
 * What is live at a target, as the cluster says. Takes no lease and changes nothing. Throws `TARGET_STATE` for several apps
 * of which none is named.
 */
export async function statusOfKubernetes(
  hands: TargetHands,
  spec: KubernetesVerbSpec,
  context: TargetContext,
): Promise<TargetStatus> {
  const [status] = await look(hands, spec, context, (apps) => {
    const app = appOf(spec, apps);
    return app === undefined ? [] : [app];
  });
  const { name: target } = spec.target;
  return (
    status ?? { target, url: undefined, stable: undefined, candidate: undefined, weight: 0, history: [] }
  );
}

/** What is live of each app of a target. */
export async function statusesOfKubernetes(
  hands: TargetHands,
  spec: KubernetesVerbSpec,
  context: TargetContext,
): Promise<readonly TargetStatus[]> {
  return await look(hands, spec, context, (apps) => apps);
}

async function look(
  hands: TargetHands,
  spec: KubernetesVerbSpec,
  context: TargetContext,
  which: (apps: readonly string[]) => readonly string[],
): Promise<readonly TargetStatus[]> {
  const { signal } = context;
  const open = await openCluster(hurried(hands, { signal, deadline: AGAIN }), spec.target, context);
  try {
    const apps = await findApps(open, spec.target.name);
    return await Promise.all(
      which(apps).map(async (app) => {
        const status = await statusOfApp(open, spec, context, app);
        return apps.length === 1 ? status : { ...status, app };
      }),
    );
  } finally {
    open.api.close();
  }
}

async function statusOfApp(
  open: OpenCluster,
  spec: KubernetesVerbSpec,
  context: TargetContext,
  app: string,
): Promise<TargetStatus> {
  const { name } = spec.target;
  const { api, namespace } = open;
  const owner = { app, namespace, target: name };
  const place = { ...owner, pipeline: context.pipeline, run: context.run };
  const releases = await listReleases(api, owner);
  const now = await lookAt(api, place, releases);
  const { stable, candidate } = now;
  const { router } = makeRouter(open, spec.target, place, { guard: refuse });
  const { weight } = await router.read(partiesOf(now));
  const whole = stable && (await wholeReady(open, stable.release));
  const statuses = releases.map((release) => {
    const status = statusOf(release, [stable, candidate]);
    return whole !== undefined && release === stable?.release ? { ...status, ready: whole } : status;
  });
  const side = (of: SideNow | undefined): RevisionStatus | undefined =>
    statuses.find(({ revision }) => revision === of?.revision);
  return {
    target: name,
    url: stable && ((await router.url()) ?? (await urlOf(open, app, stable.release))),
    stable: side(stable),
    candidate: side(candidate),
    weight,
    history: statuses,
  };
}

function statusOf({ header }: StoredRelease, sides: readonly (SideNow | undefined)[]): RevisionStatus {
  const { revision, digest, createdAt, run, state } = header;
  const ready = sides.find((side) => side?.revision === revision)?.ready ?? 0;
  return { revision, digest, createdAt, run, ready, state: state === "pending" ? "candidate" : state };
}

/** Of something that rolls out by itself: 1 where all of it is ready. Undefined for a `service()`, which has replicas. */
async function wholeReady(
  { api, namespace }: OpenCluster,
  release: StoredRelease,
): Promise<number | undefined> {
  const { content } = await readPayload(api, release);
  if (content.kind === "service") return undefined;
  return (await wholeIsReady(api, namespace, content, release.header.state)) ? 1 : 0;
}

async function urlOf({ api, namespace }: OpenCluster, app: string, release: StoredRelease): Promise<string> {
  const { content } = await readPayload(api, release);
  return content.kind === "service" ? serviceUrl(app, namespace, content.ports) : bundleUrl(app, namespace);
}

function refuse(): Promise<void> {
  return Promise.reject(new SluiceError("INTERNAL", "looking at a target was about to change it"));
}
