/**
 * Running totals of one side's requests since it started. `latency` counts requests by upper bound: `counts[i]` are
 * those at most `bounds[i]` ms and above the bound before; the last count is of those above every bound.
 */
export interface SideCounts {
  readonly requests: number;
  readonly errors: number;
  readonly latency: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
}

/** Both sides at one moment. A side that does not exist is `undefined`. */
export interface CountSnapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stable: SideCounts | undefined;
  readonly candidate: SideCounts | undefined;
}

/** Where an analysis gets its counts. Throws `METRICS_UNAVAILABLE`. */
export interface CountSource {
  snapshot(): Promise<CountSnapshot>;
}
