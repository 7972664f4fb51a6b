import type { SideCounts } from "../../../ports/index.ts";

/**
 * Upper bounds in milliseconds of the latency histogram: about seven per decade, from 1 ms to a minute. A latency
 * reaches from the arrival of the request to the last byte of its answer.
 */
export const LATENCY_BOUNDS: readonly number[] = [
  1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000,
  3_000, 4_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000,
];

interface Totals {
  requests: number;
  errors: number;
  readonly counts: number[];
}

/** Running totals by revision. */
export class Counters {
  readonly #totals = new Map<number, Totals>();
  /** Grows with everything recorded. */
  changes = 0;

  record(revision: number, latency: number, error: boolean): void {
    const totals = this.#of(revision);
    this.changes += 1;
    totals.requests += 1;
    if (error) totals.errors += 1;
    const bucket = LATENCY_BOUNDS.findIndex((bound) => latency <= bound);
    const index = bucket === -1 ? LATENCY_BOUNDS.length : bucket;
    totals.counts[index] = (totals.counts[index] ?? 0) + 1;
  }

  read(revision: number): SideCounts {
    const { requests, errors, counts } = this.#of(revision);
    return { requests, errors, latency: { bounds: LATENCY_BOUNDS, counts: [...counts] } };
  }

  /** Forgets all revisions but these. */
  keep(revisions: ReadonlySet<number>): void {
    for (const revision of this.#totals.keys()) if (!revisions.has(revision)) this.#totals.delete(revision);
  }

  toJSON(): object {
    return { bounds: LATENCY_BOUNDS, revisions: Object.fromEntries(this.#totals) };
  }

  /** Takes over what an earlier proxy wrote. Says false, and takes nothing, where it has another form. */
  restore(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    const { bounds, revisions } = value as { bounds?: unknown; revisions?: unknown };
    if (JSON.stringify(bounds) !== JSON.stringify(LATENCY_BOUNDS)) return false;
    if (typeof revisions !== "object" || revisions === null) return false;
    const found = Object.entries(revisions as Record<string, unknown>);
    if (!found.every(([revision, totals]) => Number.isInteger(Number(revision)) && isTotals(totals)))
      return false;
    for (const [revision, totals] of found) this.#totals.set(Number(revision), totals as Totals);
    return true;
  }

  #of(revision: number): Totals {
    let totals = this.#totals.get(revision);
    if (totals === undefined) {
      totals = { requests: 0, errors: 0, counts: Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0) };
      this.#totals.set(revision, totals);
    }
    return totals;
  }
}

function isTotals(value: unknown): value is Totals {
  if (typeof value !== "object" || value === null) return false;
  const { requests, errors, counts } = value as Record<keyof Totals, unknown>;
  return (
    Number.isInteger(requests) &&
    Number.isInteger(errors) &&
    Array.isArray(counts) &&
    counts.length === LATENCY_BOUNDS.length + 1 &&
    counts.every((count) => Number.isInteger(count))
  );
}
