import type { Observation } from "./observation.ts";
import { countsBetween } from "./observation.ts";
import type { CountSnapshot } from "../../ports/index.ts";
import { histogramQuantile } from "../judge/index.ts";
import type { CountedValue } from "../metrics/types.ts";

/** One value to be held against limits. */
export interface Measurement {
  /** `null` where there is no data. */
  readonly value: number | null;
  /** The value is at least this, and nothing more is known. */
  readonly above?: number;
  readonly requests?: number;
}

/** The candidate's error rate, or a quantile of its latency in ms, between two looks. */
export function measureCounts(
  of: CountedValue,
  before: CountSnapshot | undefined,
  now: Observation,
): Measurement {
  const counts = countsBetween(before?.candidate, now.counts?.candidate);
  if (counts === undefined || counts.requests === 0) return { value: null, requests: 0 };
  const { requests } = counts;
  if (of.kind === "errors") return { value: counts.errors / requests, requests };
  const quantile = histogramQuantile(counts.latency, of.quantile);
  if (quantile === undefined) return { value: null, requests };
  return quantile.kind === "value"
    ? { value: quantile.ms, requests }
    : { value: null, above: quantile.bound, requests };
}
