import type { KubeObject, ObjectRef } from "../../api/types.ts";
import { replicasOf } from "../../readiness/object.ts";
import type { RenderedService } from "../../render/types.ts";
import { refOf } from "../../apply/refs.ts";
import { sameRef, takeSnapshot } from "../../release/snapshot.ts";
import {
  MANAGER,
  type ReleasePayload,
  type ServiceContent,
  type StoredRelease,
} from "../../release/types.ts";
import { applyAll, tryAll } from "../apply-all.ts";
import { contentOf } from "../content.ts";
import { jobObject, runJobs } from "../jobs.ts";
import { assertOurs } from "../ownership.ts";
import { awaitPreview, previewObject, previewRef } from "../preview.ts";
import type { Session } from "../session.ts";
import type { Situation } from "../situation.ts";
import { awaitReady, resize } from "../workload.ts";
import { endOthers } from "./finish.ts";
import { desiredOf } from "./sizes.ts";

/**
 * Brings up a candidate of at least `replicas`, without traffic, and waits until it is ready. Goes on with the one that is
 * there. The first thing that it changes is the record, which says how everything was before.
 */
export async function startCandidate(
  session: Session,
  rendered: RenderedService,
  replicas: number,
): Promise<void> {
  const signal = session.forward;
  signal.throwIfAborted();
  const now = await session.look();
  const desired = desiredOf(rendered, now);
  const begun = now.candidate?.release ?? (await begin(session, rendered, desired, now));
  const { revision } = begun.header;
  const content = contentOf(rendered, revision, desired);
  const existing = now.candidate?.workload;
  // Only now: up to here the release before the stable one could come back at once.
  await endOthers(session, now, signal);
  // It is applied after all that it needs, so where it is, that is there too.
  if (existing === undefined) {
    await applyAll(session, content.configuration);
    await runJobs(session, begun, rendered.before, signal);
  }
  const workload = await grow(session, rendered, revision, existing, replicas);
  await preview(session, content, revision);
  await awaitReady(session, workload, content.startup, signal);
  await awaitPreview(session, revision, signal);
  session.say(`revision ${revision}: ${Math.max(replicas, now.candidate?.replicas ?? 0)} ready`);
}

async function begin(
  session: Session,
  rendered: RenderedService,
  desired: number,
  now: Situation,
): Promise<StoredRelease> {
  const { place, records, clock } = session;
  const before = now.stable === undefined ? undefined : await records.payload(now.stable.release);
  const release = {
    digest: rendered.digest,
    run: place.run,
    pipeline: place.pipeline,
    createdAt: clock.now(),
    replicas: desired,
    from: now.stable?.revision ?? null,
    fromReplicas: now.stable?.replicas ?? 0,
    promotedAt: null,
    keepOld: 0,
    returning: false,
    forwardOnly: [],
    reason: null,
    configuration: rendered.configuration.map(refOf),
  };
  const { stored } = await records.create(release, async (revision) => {
    const content = contentOf(rendered, revision, desired);
    const jobs = [...rendered.before, ...rendered.after].map((job) => jobObject(session, job, revision));
    const touched = await recordBefore(session, content, before, jobs);
    return { before: touched, made: [content.workload, ...jobs].map(refOf), content };
  });
  return stored;
}

/** Has the server check all that will be applied, without changing anything, and takes down how it all is. */
async function recordBefore(
  session: Session,
  content: ServiceContent,
  before: ReleasePayload | undefined,
  jobs: readonly KubeObject[],
): Promise<ReleasePayload["before"]> {
  const { router } = session;
  const objects = [...content.configuration, ...jobs, content.workload, ...content.stable];
  const passing = [...router.passing(content), previewObject(session, 1, content.ports)];
  const drafts = [...objects, ...router.draft(content), ...passing];
  const earlier = before?.content.kind === "service" ? before.content.stable.map(refOf) : [];
  const refs = unique([...objects.map(refOf), ...router.touches, previewRef(session), ...earlier]);
  const ours = (found: readonly KubeObject[]): void => assertOurs(found, session.place);
  const [touched] = await Promise.all([takeSnapshot(session.api, refs, ours), tryAll(session, drafts)]);
  return touched;
}

async function grow(
  session: Session,
  rendered: RenderedService,
  revision: number,
  existing: KubeObject | undefined,
  replicas: number,
): Promise<KubeObject> {
  if (existing !== undefined) {
    return await resize(session, existing, Math.max(replicasOf(existing), replicas));
  }
  session.forward.throwIfAborted();
  await session.guard();
  const object = rendered.workload(revision, replicas);
  return await session.api.apply(object, { manager: MANAGER, force: session.force });
}

async function preview(session: Session, { ports }: ServiceContent, revision: number): Promise<void> {
  await session.guard();
  const { api, force } = session;
  await api.apply(previewObject(session, revision, ports), { manager: MANAGER, force });
}

function unique(refs: readonly ObjectRef[]): readonly ObjectRef[] {
  return refs.filter((ref, index) => refs.findIndex((other) => sameRef(ref, other)) === index);
}
