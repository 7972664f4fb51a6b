import type { Duration } from "../../util/duration.ts";
import type { Problems } from "../problems.ts";
import type { ThresholdMetric } from "./types.ts";

/** Argo Rollouts' default: the fifth error of the source in a row is one too many. */
const CONSECUTIVE_ERROR_LIMIT = 4;

/** What is tolerated of a measure that is held against fixed limits. The words mean what they mean in Argo Rollouts. */
export interface ThresholdLimits {
  /** How often it is measured. @defaultValue the analysis' window */
  readonly interval?: Duration;
  /** Failed measurements tolerated over the whole rollout: one more fails it. @defaultValue `0` */
  readonly failureLimit?: number;
  /** Measurements without data tolerated in a step: one more makes it inconclusive. @defaultValue `0` */
  readonly inconclusiveLimit?: number;
  /** Errors of the source in a row that are tolerated: one more makes the step inconclusive. @defaultValue `4` */
  readonly consecutiveErrorLimit?: number;
}

type ResolvedLimits = Pick<
  ThresholdMetric,
  "interval" | "failureLimit" | "inconclusiveLimit" | "consecutiveErrorLimit"
>;

export function resolveLimits(options: ThresholdLimits, problems: Problems): ResolvedLimits {
  const { failureLimit = 0, inconclusiveLimit = 0 } = options;
  problems.whole("failureLimit", failureLimit);
  problems.whole("inconclusiveLimit", inconclusiveLimit);
  return {
    ...(options.interval === undefined
      ? {}
      : { interval: problems.duration("interval", options.interval, 1) }),
    failureLimit,
    inconclusiveLimit,
    consecutiveErrorLimit: resolveErrorLimit(options.consecutiveErrorLimit, problems),
  };
}

export function resolveErrorLimit(limit: number | undefined, problems: Problems): number {
  const resolved = limit ?? CONSECUTIVE_ERROR_LIMIT;
  problems.whole("consecutiveErrorLimit", resolved);
  return resolved;
}

/** Notes options that only one of the two ways of judging knows; TypeScript refuses them, JavaScript does not. */
export function refuseMixture(options: object, problems: Problems): void {
  if ("max" in options && options.max !== undefined) {
    if ("bursty" in options && options.bursty !== undefined) {
      problems.add(
        "bursty",
        "has no meaning beside `max`",
        "Leave out `bursty`, or `max` to compare with stable.",
      );
    }
    return;
  }
  for (const option of ["interval", "failureLimit", "inconclusiveLimit"]) {
    if (!(option in options)) continue;
    problems.add(option, "has no meaning without `max`", "Give `max`, or leave the option out.");
  }
}
