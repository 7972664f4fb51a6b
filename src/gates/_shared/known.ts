import { createHash } from "node:crypto";

/** How often each known finding stood in the last accepted run, by the digest of what identifies it. */
export type Known = Readonly<Record<string, number>>;

const MAX_KNOWN = 5_000;

/** A short name for what identifies a finding, so that a baseline stays small whatever the names are. */
export function digestOf(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20);
}

/**
 * The items that were not there before. Counted: where an item stood once and now stands twice, one is new.
 */
export function newAmong<T>(items: readonly T[], idOf: (item: T) => string, known: Known): readonly T[] {
  const left = new Map(Object.entries(known));
  return items.filter((item) => {
    const id = idOf(item);
    const rest = left.get(id) ?? 0;
    left.set(id, rest - 1);
    return rest <= 0;
  });
}

/** What to keep. What no longer fits counts as new in the next run, which is the safe side. */
export function knownOf(ids: readonly string[]): Known {
  const counts = new Map<string, number>();
  for (const id of [...ids].sort()) {
    if (counts.size >= MAX_KNOWN && !counts.has(id)) continue;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
