import type { SideState } from "../../ports/index.ts";

/** What an analysis looks at. Made by `errorRate()`, `latency()`, `metric()` and `scores()`. */
export type Metric = ComparedMetric | ThresholdMetric | ScoresMetric;

/** Counts of the target's own requests, compared with stable's by the sequential test. */
export interface ComparedMetric {
  readonly kind: "compared";
  readonly name: string;
  readonly of: CountedValue;
  readonly bursty: boolean;
  readonly consecutiveErrorLimit: number;
}

/** A number held against fixed limits, again and again. */
export interface ThresholdMetric {
  readonly kind: "threshold";
  readonly name: string;
  readonly of: CountedValue | QueriedValue;
  readonly max?: number;
  readonly min?: number;
  readonly unit?: string;
  /** Milliseconds; the analysis' window where absent. */
  readonly interval?: number;
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
}

/** Paired scores of both releases, compared by the sequential test. */
export interface ScoresMetric {
  readonly kind: "scores";
  readonly name: string;
  readonly query: ScoresQuery;
  /** Milliseconds; the analysis' window where absent. */
  readonly interval?: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly minimum: number;
  readonly consecutiveErrorLimit: number;
}

/** What is read from the counts of the target's requests. */
export type CountedValue =
  { readonly kind: "errors" } | { readonly kind: "latency"; readonly quantile: number };

/** What a function of the user's gives. */
export interface QueriedValue {
  readonly kind: "query";
  readonly query: MetricQuery;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The stretch of time that a query is asked about, and both releases in it. */
export interface MetricWindow {
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970. */
  readonly to: number;
  /** Per cent of the traffic that the candidate gets. */
  readonly weight: number;
  readonly stable: SideState | undefined;
  readonly candidate: SideState | undefined;
  /** Fires when the answer is no longer wanted: too late, a decision taken, the run cancelled. */
  readonly signal: AbortSignal;
}

/** Gives the value for a window, or `null` where there is no data. Throwing is an error of the source, never a pass. */
export type MetricQuery = (window: MetricWindow) => number | null | Promise<number | null>;

/** Scores in [0, 1] of both releases for the same questions: as pairs, or as two lists in the same order. */
export type PairedScores =
  | readonly { readonly baseline: number; readonly candidate: number }[]
  | { readonly baseline: readonly number[]; readonly candidate: readonly number[] };

/** Gives fresh pairs for a window; none where there is no data. */
export type ScoresQuery = (window: MetricWindow) => PairedScores | Promise<PairedScores>;
