import type { Session } from "../session.ts";
import { readRelease } from "../state/release-store.ts";
import { awaitGone, awaitReady } from "./await-replicas.ts";
import { edited, forgetOldReleases } from "./history.ts";

/**
 * Makes the candidate the stable release: brought to `replicas`, then in one step given all requests and the name. What
 * was stable is ended, after its requests are answered, `keepOld` ms later. Does nothing where there is no candidate.
 */
export async function promoteCandidate(
  session: Session,
  replicas: number,
  keepOld: number,
  signal?: AbortSignal,
): Promise<void> {
  const { candidate } = session.state.routing;
  if (candidate === null) return;
  const { revision } = candidate;
  await session.change((state) => ({
    ...state,
    routing: { ...state.routing, candidate: { ...candidate, replicas } },
  }));
  await awaitReady(session, revision, replicas, signal);

  const before = session.state.routing.stable;
  const until = Date.now() + keepOld;
  await session.change((state) => {
    const stillOld = state.routing.old.filter((old) => old.until > Date.now());
    const old = before === null ? stillOld : [...stillOld, { ...before, until }];
    const stable = { revision, replicas, proven: true };
    const swapped = { ...state, routing: { ...state.routing, stable, candidate: null, weight: 0, old } };
    const named = edited(swapped, revision, { state: "live", replicas });
    return before === null ? named : edited(named, before.revision, { state: "retired" });
  });
  session.say(`revision ${revision}: gets all requests`);
  if (before !== null && keepOld === 0) {
    const { drain } = await readRelease(session.layout, before.revision);
    await awaitGone(session, before.revision, 0, drain);
  }
  await forgetOldReleases(session);
}
