import type { Release } from "../../../model/index.ts";
import type { NewRelease } from "../release/record-store.ts";
import { liveFirst } from "../release/live-before.ts";
import type { StoredRelease } from "../release/types.ts";
import { bundleUrl } from "../traffic/service-object.ts";
import type { Session } from "./session.ts";

/** The releases of something that rolls out by itself: the live one, and the one that is under way. */
export async function wholeReleases(session: Session): Promise<{
  readonly stable: StoredRelease | undefined;
  readonly candidate: StoredRelease | undefined;
}> {
  const found = await session.records.list(["pending", "live"]);
  const [stable] = liveFirst(found);
  return { stable, candidate: found.find(({ header }) => header.state === "pending") };
}

/** Records the one that is under way as the live one. */
export async function markLive(session: Session): Promise<void> {
  const { stable, candidate } = await wholeReleases(session);
  if (candidate === undefined) return;
  const promotedAt = Math.max(session.clock.now(), (stable?.header.promotedAt ?? 0) + 1);
  await session.records.update(candidate, { state: "live", promotedAt });
}

/** What is told of the live release. Throws `TARGET_STATE` where it is another one than `digest` says. */
export function asRelease(session: Session, live: StoredRelease | undefined, digest: string): Release {
  if (live?.header.digest !== digest)
    throw session.misplaced("has no release to promote", "Apply one first.");
  const { target, app, namespace } = session.place;
  const { revision } = live.header;
  return { target, name: app, url: bundleUrl(app, namespace), revision, digest };
}

/** What a record of something that rolls out by itself begins with; `restores` an earlier revision's content. */
export function newRelease(
  session: Session,
  digest: string,
  stable: StoredRelease | undefined,
  restores?: number,
): NewRelease {
  const { place, clock } = session;
  return {
    digest,
    run: place.run,
    pipeline: place.pipeline,
    createdAt: clock.now(),
    replicas: 1,
    from: stable?.header.revision ?? null,
    fromReplicas: 0,
    promotedAt: null,
    keepOld: 0,
    returning: false,
    ...(restores === undefined ? {} : { restores }),
    forwardOnly: [],
    reason: null,
    configuration: [],
  };
}

/** The error for a move that only one with a candidate can make. */
export function indivisible(session: Session, what: string): Error {
  return session.misplaced(`rolls out by itself and cannot be ${what}`, "Release it by rolling().");
}
