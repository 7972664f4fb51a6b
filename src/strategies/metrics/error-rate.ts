import { percent } from "../analysis/text.ts";
import { Problems } from "../problems.ts";
import { refuseMixture, resolveErrorLimit, resolveLimits, type ThresholdLimits } from "./limits.ts";
import type { Metric } from "./types.ts";

/** How counts are compared with stable's. */
export interface ComparedOptions {
  readonly max?: never;
  /**
   * Whether bad requests come in storms (a dependency that hiccups) rather than one by one. Slower to decide, and not
   * taken in by a storm that happens to hit one side. @defaultValue `false`
   */
  readonly bursty?: boolean;
  /** Errors of the source in a row that are tolerated: one more makes the step inconclusive. @defaultValue `4` */
  readonly consecutiveErrorLimit?: number;
}

/** A fixed limit for the share of failed requests. */
export interface ErrorRateLimitOptions extends ThresholdLimits {
  /** The largest share that is accepted, 0 to 1. */
  readonly max: number;
  readonly bursty?: never;
}

export type ErrorRateOptions = ComparedOptions | ErrorRateLimitOptions;

/**
 * The share of requests that fail, as the target counts them.
 *
 * Without `max` the candidate is compared with stable by a sequential test that may look as often as it likes: at most
 * 1 % of the rollouts of a candidate that is no worse are taken back, however long they are watched. Rates up to 1.25
 * times stable's are not a regression. At 20 requests/s and 0.5 % errors, four times the errors are always found
 * (half of the time within 13 minutes), twice the errors in only 57 of 100 rollouts of 48 minutes.
 *
 * With `max` each window's rate is held against that limit.
 *
 * @throws `DEFINITION_INVALID` where an option is wrong.
 *
 * @example
 * ```ts
 * import { canary, errorRate } from "sluice/deploy";
 *
 * canary({ steps: [5, 25, 50], every: "2m", analysis: [errorRate(), errorRate({ max: 0.05, failureLimit: 1 })] });
 * ```
 */
export function errorRate(options: ErrorRateOptions = {}): Metric {
  const problems = new Problems("errorRate");
  refuseMixture(options, problems);
  if (options.max === undefined) {
    const consecutiveErrorLimit = resolveErrorLimit(options.consecutiveErrorLimit, problems);
    problems.throwIfAny();
    const { bursty = false } = options;
    return { kind: "compared", name: "errors", of: { kind: "errors" }, bursty, consecutiveErrorLimit };
  }
  const { max } = options;
  if (!(max >= 0 && max <= 1)) {
    problems.add(
      "max",
      `${String(max)} is not a share`,
      "Give a number from 0 to 1: 0.01 is one in a hundred.",
    );
  }
  const limits = resolveLimits(options, problems);
  problems.throwIfAny();
  return {
    kind: "threshold",
    name: `errors <= ${percent(max)}`,
    of: { kind: "errors" },
    max,
    unit: "%",
    ...limits,
  };
}
