import { sameRef } from "../../release/snapshot.ts";
import { lastLive, liveBefore } from "../../release/live-before.ts";
import type { StoredRelease } from "../../release/types.ts";
import type { Session } from "../session.ts";

/**
 * Forgets releases that nobody goes back to: all but those in use, what a rollback goes to, the newest retired ones and as
 * many that were taken back. With a record goes what its release alone had made; the record itself goes last, so that nothing is left over.
 */
export async function prune(session: Session): Promise<void> {
  const all = await session.records.list();
  const newest = (state: "retired" | "aborted"): readonly StoredRelease[] =>
    all.filter(({ header }) => header.state === state).slice(0, session.history);
  const last = lastLive(all);
  const wayBack = last && liveBefore(all, last);
  const kept = new Set([
    ...(wayBack === undefined ? [] : [wayBack]),
    ...all.filter(({ header }) => header.state === "live" || header.state === "pending"),
    ...newest("retired"),
    ...newest("aborted"),
  ]);
  const needed = [...kept].flatMap(({ header }) => header.configuration);
  for (const release of all) {
    if (kept.has(release)) continue;
    const { made } = await session.records.payload(release);
    const gone = [...made, ...release.header.configuration];
    await session.guard();
    await Promise.all(
      gone
        .filter((ref) => !needed.some((other) => sameRef(ref, other)))
        .map((ref) => session.api.remove(ref)),
    );
    await session.records.remove(release);
  }
}
