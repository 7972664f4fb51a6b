import type { JsonObject } from "../model/index.ts";

/**
 * Running totals of one side's requests since it started. `latency` counts requests by upper bound: `counts[i]` are
 * those at most `bounds[i]` ms and above the bound before; the last count is of those above every bound.
 */
export interface SideCounts {
  readonly requests: number;
  readonly errors: number;
  readonly latency: { readonly bounds: readonly number[]; readonly counts: readonly number[] };
}

/** All sides at one moment. A side that does not exist, or of which nothing is known, is `undefined`. */
export interface CountSnapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stable: SideCounts | undefined;
  readonly candidate: SideCounts | undefined;
  /** Of the fresh baseline, whose requests are none of `stable`'s. Absent where there is none. */
  readonly baseline?: SideCounts | undefined;
}

/** Where an analysis gets its counts. Throws `METRICS_UNAVAILABLE`. */
export interface CountSource {
  snapshot(): Promise<CountSnapshot>;
}

/** Makes the counts of a target that takes none itself, out of what a monitoring system has of its pods. */
export interface CountProvider {
  /** For example `prometheus`. */
  readonly kind: string;
  /** What stands in the Plan: addresses and queries, nothing secret. */
  readonly spec: JsonObject;
  /** Opens the counts of one app for one rollout. Asks nothing of any network; the first snapshot does. */
  open(scope: CountScope): CountSource;
  /**
   * Looks whether it can be asked: that it is reached, and lets us in. Resolves with what was found, in words. Throws
   * `METRICS_UNAVAILABLE`.
   */
  check?(signal: AbortSignal): Promise<string>;
}

/** Whose requests are counted. */
export interface CountScope {
  readonly namespace: string;
  readonly app: string;
  /** Who runs now. Asked at every snapshot, because pods come and go and a candidate becomes stable. */
  sides(): CountedSides | Promise<CountedSides>;
  /** Milliseconds since 1970. @defaultValue the system's time */
  readonly now?: () => number;
}

export interface CountedSides {
  readonly stable: CountedSide | undefined;
  readonly candidate: CountedSide | undefined;
  /** New pods of the stable revision, which are none of `stable`'s. Absent where there are none. */
  readonly baseline?: CountedSide | undefined;
}

export interface CountedSide {
  readonly revision: number;
  /** The names of its pods. Those that have ended since the last call belong to them too, where that is known. */
  readonly pods: readonly string[];
}
