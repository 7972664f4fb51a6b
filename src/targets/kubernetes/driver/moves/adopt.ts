import type { Session } from "../session.ts";
import { partyOf, type Situation } from "../situation.ts";
import { resize } from "../workload.ts";
import { finishPromotion } from "./finish.ts";
import { follow } from "./promote.ts";

/** Whether a candidate has ready replicas, and the stable release none of those that it should have. */
export function servesAlone({ stable, candidate }: Situation): boolean {
  if (stable === undefined || stable.ready > 0 || (candidate?.ready ?? 0) === 0) return false;
  return stable.workload === undefined || stable.replicas > 0;
}

/**
 * Records a candidate that alone serves as what is live, so that the release which replaces both comes up beside it.
 * Taking it back would wait for a stable release that may never be ready again. Not all of it need be ready: it is still
 * more than there is otherwise.
 */
export async function adoptCandidate(session: Session, { stable, candidate }: Situation): Promise<void> {
  if (candidate?.workload === undefined || stable === undefined) return;
  const { release, revision } = candidate;
  const { content } = await session.records.payload(release);
  if (content.kind !== "service") return;
  session.say(`no replica of revision ${stable.revision} is ready, so revision ${revision} is what is live`);
  const replicas = Math.max(candidate.replicas, release.header.replicas);
  await resize(session, candidate.workload, replicas);
  await follow(session, content, stable.release);
  const parties = { stable: partyOf(stable), candidate: partyOf(candidate) };
  await session.router.divide(100, parties, content, session.forward);
  const promotedAt = Math.max(session.clock.now(), (stable.release.header.promotedAt ?? 0) + 1);
  const live = { state: "live", returning: false, promotedAt, keepOld: 0, replicas, reason: null } as const;
  await session.records.update(release, live);
  await finishPromotion(session, session.forward);
}
