import type { Session } from "../session.ts";
import { readRelease } from "../state/release-store.ts";
import { awaitGone, awaitReady, readyOf } from "./await-replicas.ts";
import { edited, entryOf, forgetOldReleases } from "./history.ts";

/**
 * Takes the candidate back: stable to full size first, then the requests, then the candidate's processes, once they have
 * answered what they have. Never stopped half-way by a signal. Does nothing where there is no candidate.
 *
 * Throws `RELEASE_UNHEALTHY`, and leaves the requests where they are, when the candidate answers some and no replica of
 * the stable release comes up.
 */
export async function abortCandidate(session: Session, reason: string): Promise<void> {
  const { candidate } = session.state.routing;
  if (candidate === null) return;
  await restoreStable(session, candidate.revision);
  if (session.state.routing.weight !== 0) {
    await session.change((state) => ({ ...state, routing: { ...state.routing, weight: 0 } }));
  }
  const { drain } = await readRelease(session.layout, candidate.revision);
  await session.change((state) =>
    edited({ ...state, routing: { ...state.routing, candidate: null } }, candidate.revision, {
      state: "aborted",
      reason: session.context.mask(reason),
    }),
  );
  await awaitGone(session, candidate.revision, 0, drain);
  session.say(`revision ${candidate.revision}: taken back`);
  await forgetOldReleases(session);
}

async function restoreStable(session: Session, candidate: number): Promise<void> {
  const { stable, weight } = session.state.routing;
  if (stable === null) return;
  const full = Math.max(stable.replicas, entryOf(session.state, stable.revision).replicas);
  if (stable.replicas !== full) {
    await session.change((state) => ({
      ...state,
      routing: { ...state.routing, stable: { ...stable, replicas: full } },
    }));
  }
  try {
    await awaitReady(session, stable.revision, full);
  } catch (error) {
    const view = await session.view();
    // A candidate that was judged bad is better than nothing at all, and worse than part of the stable release.
    if (weight > 0 && readyOf(view, candidate) > 0 && readyOf(view, stable.revision) === 0) throw error;
    session.say(`revision ${stable.revision}: not all of its ${full} replicas are ready`);
  }
}
