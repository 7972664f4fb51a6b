import { randomBytes } from "node:crypto";

/** The Plan that a run was made from. */
export const PLAN = "plan.json";

/** What the first journal of a run was called before all of them had names of their own. */
const FIRST = "journal.jsonl";
const JOURNAL = /^journal-([0-9a-z]+)\.[\w.-]+\.jsonl$/;

/** The journals among the files of a run's folder, in the order in which their processes began. */
export function journalsOf(names: readonly string[]): readonly string[] {
  const later = names
    .filter((name) => JOURNAL.test(name))
    .sort((a, b) => stampOf(a) - stampOf(b) || (a < b ? -1 : 1));
  return names.includes(FIRST) ? [FIRST, ...later] : later;
}

/**
 * The name of one more journal: after those that are there, even where clocks differ, and like no other, so that folders
 * of several machines can be laid over one another.
 */
export function nextJournal(names: readonly string[], now: number): string {
  const stamp = names.reduce((least, name) => Math.max(least, stampOf(name) + 1), now);
  return `journal-${stamp.toString(36)}.${randomBytes(4).toString("hex")}.jsonl`;
}

/** Milliseconds since 1970, or 0 where the name says none. */
function stampOf(name: string): number {
  const stamp = JOURNAL.exec(name)?.[1];
  return stamp === undefined ? 0 : Number.parseInt(stamp, 36);
}
