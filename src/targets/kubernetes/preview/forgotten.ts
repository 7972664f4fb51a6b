import type { Session } from "../driver/session.ts";
import type { Situation } from "../driver/situation.ts";
import { sameRef } from "../release/snapshot.ts";
import type { StoredRelease } from "../release/types.ts";
import type { ObjectChange } from "./changes.ts";

/** What goes with the releases that are too old to be kept once a new one is live. */
export async function forgotten(
  { records, history }: Pick<Session, "records" | "history">,
  all: readonly StoredRelease[],
  { stable, candidate, workloads }: Situation,
): Promise<{ readonly changes: readonly ObjectChange[]; readonly revisions: readonly number[] }> {
  // The live one is retired then; one that is under way and another is taken back.
  const stateOf = (one: StoredRelease): string =>
    one.header.state === "live" ? "retired" : one.header.state === "pending" ? "aborted" : one.header.state;
  const gone = ["retired", "aborted"].flatMap((state) =>
    all.filter((one) => stateOf(one) === state).slice(history),
  );
  const inUse = [stable?.revision, candidate?.revision];
  const old = gone.filter(({ header }) => !inUse.includes(header.revision));
  const needed = all.filter((one) => !old.includes(one)).flatMap(({ header }) => header.configuration);
  const refs = await Promise.all(
    old.map(async (release) => {
      const { made } = await records.payload(release);
      // Jobs end by themselves a day after they have run.
      const there = made.filter(
        ({ kind }) => kind === "Deployment" && workloads.has(release.header.revision),
      );
      const own = release.header.configuration.filter((ref) => !needed.some((other) => sameRef(ref, other)));
      return [...there, ...own];
    }),
  );
  const changes = refs
    .flat()
    .filter((ref, index, list) => list.findIndex((other) => sameRef(ref, other)) === index)
    .map((ref): ObjectChange => ({ ref, change: "remove", fields: [], conflicts: [] }));
  return { changes, revisions: old.map(({ header }) => header.revision) };
}
