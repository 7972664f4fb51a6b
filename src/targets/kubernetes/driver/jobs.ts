import type { KubeObject } from "../api/types.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { LABELS, type RenderedJob } from "../render/types.ts";
import { MANAGER, type StoredRelease } from "../release/types.ts";
import type { Session } from "./session.ts";

/** The longest name that a Job may have and still give its pods names. */
const LONGEST = 63;

/** A job as one release runs it: under a name of its own, so that it is run once for each. */
export function jobObject(session: Session, job: RenderedJob, revision: number): KubeObject {
  const { place } = session;
  const end = `-r${revision}`;
  const name = `${place.app}-${job.name}`.slice(0, LONGEST - end.length).replace(/[^a-z0-9]+$/, "") + end;
  const { metadata } = job.object;
  const labels = { ...metadata.labels, [LABELS.revision]: String(revision) };
  return { ...job.object, metadata: { ...metadata, name, namespace: place.namespace, labels } };
}

/**
 * Runs jobs one after the other, each to its end. One that an earlier process has begun is waited for, never begun again.
 * Gives the release as it is recorded then. Throws `RELEASE_UNHEALTHY`.
 */
export async function runJobs(
  session: Session,
  release: StoredRelease,
  jobs: readonly RenderedJob[],
  signal: AbortSignal,
): Promise<StoredRelease> {
  let stored = release;
  for (const job of jobs) {
    const object = jobObject(session, job, stored.header.revision);
    // Noted before it begins: from here on nobody can be sure that it has changed nothing.
    if (job.forwardOnly && !stored.header.forwardOnly.includes(job.name)) {
      const forwardOnly = [...stored.header.forwardOnly, job.name];
      stored = await session.records.update(stored, { forwardOnly });
    }
    await runJob(session, object, job, signal);
  }
  return stored;
}

async function runJob(
  session: Session,
  object: KubeObject,
  job: RenderedJob,
  signal: AbortSignal,
): Promise<void> {
  const { api, guard, mask, say, clock } = session;
  const ref = session.ref(object.apiVersion, object.kind, object.metadata.name);
  let made = await api.get(ref);
  if (made === undefined) {
    signal.throwIfAborted();
    await guard();
    say(`job ${job.name}: runs`);
    made = await api.apply(object, { manager: MANAGER, force: session.force });
  }
  const applied = { ref, object: made, generation: made.metadata.generation, change: "created" as const };
  await waitUntilReady(api, [applied], {
    timeout: job.timeout,
    signal,
    report: say,
    now: () => clock.now(),
    mask,
  });
}
