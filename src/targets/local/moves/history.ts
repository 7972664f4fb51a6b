import { SluiceError } from "../../../errors/index.ts";
import type { Release } from "../../../model/index.ts";
import type { Session } from "../session.ts";
import { pruneReleases, readRelease } from "../state/release-store.ts";
import type { HistoryEntry, TargetState } from "../state/target-state.ts";

/** The state with one entry of its history edited. */
export function edited(state: TargetState, revision: number, edit: Partial<HistoryEntry>): TargetState {
  const history = state.history.map((entry) => (entry.revision === revision ? { ...entry, ...edit } : entry));
  return { ...state, history };
}

/** The entry of a revision. Throws `TARGET_STATE`. */
export function entryOf(state: TargetState, revision: number): HistoryEntry {
  const entry = state.history.find((candidate) => candidate.revision === revision);
  if (entry !== undefined) return entry;
  const known = state.history.map((candidate) => candidate.revision).join(", ");
  throw new SluiceError("TARGET_STATE", `target "${state.target}" remembers no revision ${revision}`, {
    hint: known === "" ? "Deploy to it first." : `It remembers ${known}.`,
  });
}

/** A revision as a deploy gives it. */
export async function releaseOf(session: Session, revision: number): Promise<Release> {
  const { layout, state, spec } = session;
  const { digest, artifact } = await readRelease(layout, revision);
  return { target: spec.name, name: artifact.name, url: urlOf(state.routing.port ?? 0), revision, digest };
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Removes the files of releases that nobody goes back to: all but those in use, the last few, and the last failure. */
export async function forgetOldReleases(session: Session): Promise<void> {
  const { routing, history } = session.state;
  const newest = (state: HistoryEntry["state"], count: number): readonly number[] =>
    history.flatMap((entry) => (entry.state === state ? [entry.revision] : [])).slice(-count);
  const used = [routing.stable, routing.candidate, ...routing.old].flatMap((plan) =>
    plan === null ? [] : [plan.revision],
  );
  await pruneReleases(
    session.layout,
    new Set([...used, ...newest("retired", session.spec.history), ...newest("aborted", 1)]),
  );
}
