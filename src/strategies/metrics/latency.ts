import { formatDuration, type Duration } from "../../util/duration.ts";
import { Problems } from "../problems.ts";
import type { ComparedOptions } from "./error-rate.ts";
import { refuseMixture, resolveErrorLimit, resolveLimits, type ThresholdLimits } from "./limits.ts";
import type { Metric } from "./types.ts";

interface QuantileOption {
  /** Which quantile, between 0 and 1. @defaultValue `0.95` */
  readonly quantile?: number;
}

/** A fixed limit for a quantile of the latency. */
export interface LatencyLimitOptions extends ThresholdLimits, QuantileOption {
  /** The longest time that is accepted. */
  readonly max: Duration;
  readonly bursty?: never;
}

export type LatencyOptions = (ComparedOptions & QuantileOption) | LatencyLimitOptions;

/**
 * How long requests take, from the target's histogram.
 *
 * Without `max`, requests are counted as slow when they take longer than the histogram bound that is nearest to
 * stable's quantile, and the candidate's share of slow requests is compared with stable's by the same sequential test
 * as `errorRate()`. The bound is chosen once stable has answered 100 requests, before any window is judged by it. (That a
 * quantile can be watched through counts around it: Howard & Ramdas, "Sequential estimation of quantiles", Bernoulli
 * 2022.)
 *
 * With `max` each window's quantile is held against that limit.
 *
 * @throws `DEFINITION_INVALID` where an option is wrong.
 *
 * @example
 * ```ts
 * import { canary, latency } from "sluice/deploy";
 *
 * canary({ steps: [10, 50], every: "5m", analysis: [latency({ quantile: 0.99 }), latency({ max: "800ms" })] });
 * ```
 */
export function latency(options: LatencyOptions = {}): Metric {
  const problems = new Problems("latency");
  refuseMixture(options, problems);
  const { quantile = 0.95 } = options;
  if (!(quantile > 0 && quantile < 1)) {
    problems.add("quantile", `${String(quantile)} is not between 0 and 1`, "Give for example 0.95 or 0.99.");
  }
  const of = { kind: "latency", quantile } as const;
  const name = `latency p${Number((quantile * 100).toFixed(3))}`;
  if (options.max === undefined) {
    const consecutiveErrorLimit = resolveErrorLimit(options.consecutiveErrorLimit, problems);
    problems.throwIfAny();
    return { kind: "compared", name, of, bursty: options.bursty ?? false, consecutiveErrorLimit };
  }
  const max = problems.duration("max", options.max, 1);
  const limits = resolveLimits(options, problems);
  problems.throwIfAny();
  return { kind: "threshold", name: `${name} <= ${formatDuration(max)}`, of, max, unit: "ms", ...limits };
}
