import type { KubeObject } from "../api/types.ts";
import { conditionsOf } from "../readiness/object.ts";
import { waitUntilGone } from "../wait/wait-until-gone.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { shortHash } from "../render/names.ts";
import { LABELS, type RenderedJob } from "../render/types.ts";
import { MANAGER, type StoredRelease } from "../release/types.ts";
import type { Session } from "./session.ts";

/** The longest name that a Job may have and still give its pods names. */
const LONGEST = 63;

/**
 * A job as one release runs it: under a name of its own, so that it is run once for each. The hash tells job `b-c` of app
 * `a` from job `c` of app `a-b`, and what was cut from what was not.
 */
export function jobObject(session: Session, job: RenderedJob, revision: number): KubeObject {
  const { place } = session;
  const end = `-${shortHash(`${place.app}/${job.name}`).slice(0, 6)}-r${revision}`;
  const name = `${place.app}-${job.name}`.slice(0, LONGEST - end.length).replace(/[^a-z0-9]+$/, "") + end;
  const { metadata } = job.object;
  const labels = { ...metadata.labels, [LABELS.revision]: String(revision) };
  return { ...job.object, metadata: { ...metadata, name, namespace: place.namespace, labels } };
}

/**
 * Runs jobs one after the other, each to its end. One that has ended well is recorded, and never run again for this
 * release; one that an earlier process has begun is waited for; one that had failed before is begun anew, because whoever
 * goes on with the release wants it done. Gives the release as it is recorded then. Throws `RELEASE_UNHEALTHY`.
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
    if (stored.header.done?.includes(job.name) === true) continue;
    await runJob(session, object, job, signal);
    stored = await session.records.update(stored, { done: [...(stored.header.done ?? []), job.name] });
  }
  return stored;
}

async function runJob(
  session: Session,
  object: KubeObject,
  job: RenderedJob,
  signal: AbortSignal,
): Promise<void> {
  const { api, guard, mask, say, clock, timeout, patience } = session;
  const ref = session.ref(object.apiVersion, object.kind, object.metadata.name);
  let made = await api.get(ref);
  if (made !== undefined && hasFailed(made)) {
    signal.throwIfAborted();
    await guard();
    say(`job ${job.name}: had failed, and is removed to be run anew`);
    const { uid } = made.metadata;
    const own = uid === undefined ? {} : { uid };
    await api.remove(ref, { propagation: "Foreground", ...own });
    await waitUntilGone(api, [{ ...ref, ...own }], { timeout, signal, now: () => clock.now() });
    made = undefined;
  }
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
    patience,
    mask,
  });
}

function hasFailed(job: KubeObject): boolean {
  return conditionsOf(job, "status", "conditions").get("Failed")?.status === "True";
}
