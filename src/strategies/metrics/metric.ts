import type { Duration } from "../../util/duration.ts";
import { Problems } from "../problems.ts";
import { resolveLimits, type ThresholdLimits } from "./limits.ts";
import type { Metric, MetricQuery } from "./types.ts";

const QUERY_TIMEOUT = 60_000;

export interface MetricOptions extends ThresholdLimits {
  /** Names it in plans, events and reasons. Unique among the metrics of one analysis. */
  readonly name: string;
  /** Gives the value for a window, or `null` where there is no data. Throwing is an error, never a pass. */
  readonly query: MetricQuery;
  /** The largest value that is accepted. */
  readonly max?: number;
  /** The smallest value that is accepted. */
  readonly min?: number;
  /** For example `ms` or `jobs`; for people. */
  readonly unit?: string;
  /** How long one query may take; a longer one counts as an error. @defaultValue `"60s"` */
  readonly timeout?: Duration;
}

/**
 * Any number that you can ask for, held against `max`, `min` or both.
 *
 * It is asked once per `interval`. Out of bounds is a failed measurement; `null` is one without data; a rejection, a
 * value that is no number or an answer that comes too late is an error of the source. None of the three ever passes.
 *
 * @throws `DEFINITION_INVALID` where an option is wrong.
 *
 * @example
 * ```ts
 * import { canary, metric } from "sluice/deploy";
 *
 * const backlog = metric({
 *   name: "backlog",
 *   unit: "jobs",
 *   max: 500,
 *   query: async ({ candidate, signal }) => {
 *     if (candidate === undefined) return null;
 *     const response = await fetch(`${candidate.url}/stats`, { signal });
 *     const stats = (await response.json()) as { backlog?: number };
 *     return stats.backlog ?? null;
 *   },
 * });
 * canary({ steps: [10, 50], every: "5m", analysis: [backlog] });
 * ```
 */
export function metric(options: MetricOptions): Metric {
  const problems = new Problems("metric");
  const { name, query, max, min, unit } = options;
  checkNamed(name, query, problems);
  if (max === undefined && min === undefined) {
    problems.add(
      "max",
      "neither `max` nor `min` is given, so nothing could fail",
      "Give one of the two, or both.",
    );
  }
  for (const [option, limit] of [["max", max] as const, ["min", min] as const]) {
    if (limit === undefined || Number.isFinite(limit)) continue;
    problems.add(option, `${String(limit)} is not a number`, "Give a finite number.");
  }
  if (max !== undefined && min !== undefined && min > max) {
    problems.add("min", `${min} is above \`max\` (${max}), so nothing could pass`, "Swap the two.");
  }
  const timeout = problems.duration("timeout", options.timeout ?? QUERY_TIMEOUT, QUERY_TIMEOUT);
  const limits = resolveLimits(options, problems);
  problems.throwIfAny();
  return {
    kind: "threshold",
    name,
    of: { kind: "query", query, timeout },
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
    ...(unit === undefined ? {} : { unit }),
    ...limits,
  };
}

/** What `metric()` and `scores()` need alike; types do not hold in JavaScript. */
export function checkNamed(name: unknown, query: unknown, problems: Problems): void {
  if (typeof name !== "string" || name.trim() === "") {
    problems.add("name", "is empty", "Give a name that people recognise.");
  }
  if (typeof query !== "function") {
    problems.add("query", `a ${typeof query} cannot be asked`, "Give a function.");
  }
}
