import type { ServiceContent, StoredRelease } from "../../release/types.ts";
import { refOf } from "../../apply/refs.ts";
import { sameRef } from "../../release/snapshot.ts";
import type { RenderedJob } from "../../render/types.ts";
import { applyAll } from "../apply-all.ts";
import { runJobs } from "../jobs.ts";
import type { Session } from "../session.ts";
import { partyOf, type SideNow, type Situation } from "../situation.ts";
import { awaitReady, resize } from "../workload.ts";
import { finishPromotion } from "./finish.ts";

export interface Promotion {
  readonly content: ServiceContent;
  readonly replicas: number;
  readonly keepOld: number;
  readonly after: readonly RenderedJob[];
}

/**
 * Makes the candidate the stable release. It is live from the moment that its record says so, when it has all replicas and
 * all requests; until then it can be taken back, from then on only what is left over is tidied up. Gives the stable release.
 */
export async function promoteCandidate(
  session: Session,
  plan: (now: Situation) => Promotion,
): Promise<SideNow | undefined> {
  const signal = session.forward;
  signal.throwIfAborted();
  const now = await session.look();
  const { candidate } = now;
  if (candidate !== undefined) await takeOver(session, now, candidate, plan(now), signal);
  return await finishPromotion(session, signal);
}

async function takeOver(
  session: Session,
  { stable }: Situation,
  candidate: SideNow,
  { content, replicas, keepOld, after }: Promotion,
  signal: AbortSignal,
): Promise<void> {
  if (candidate.workload === undefined) {
    throw session.misplaced("has no candidate that runs", "Start one first.");
  }
  const { revision } = candidate;
  const workload = await resize(session, candidate.workload, replicas);
  await awaitReady(session, workload, content.startup, signal);
  await follow(session, content, stable?.release);
  const parties = {
    stable: stable && partyOf(stable),
    candidate: { revision, replicas },
  };
  await session.router.divide(100, parties, content, signal);
  const stored = await runJobs(session, candidate.release, after, signal);
  signal.throwIfAborted();
  const promotedAt = Math.max(session.clock.now(), (stable?.release.header.promotedAt ?? 0) + 1);
  await session.records.update(stored, {
    state: "live",
    returning: false,
    promotedAt,
    keepOld,
    replicas,
    reason: null,
  });
  session.say(`revision ${revision}: gets all requests`);
}

/** Has what follows the stable release follow this one; what only the release before it had goes. */
export async function follow(
  session: Session,
  content: ServiceContent,
  before: StoredRelease | undefined,
): Promise<void> {
  const { api, guard, records } = session;
  await applyAll(session, content.stable);
  if (before === undefined) return;
  const earlier = (await records.payload(before)).content;
  if (earlier.kind !== "service") return;
  const kept = content.stable.map(refOf);
  for (const ref of earlier.stable.map(refOf)) {
    if (kept.some((one) => sameRef(one, ref))) continue;
    await guard();
    await api.remove(ref);
  }
}
