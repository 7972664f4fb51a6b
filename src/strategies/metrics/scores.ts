import type { Duration } from "../../util/duration.ts";
import { Problems } from "../problems.ts";
import { resolveErrorLimit } from "./limits.ts";
import { checkNamed } from "./metric.ts";
import type { Metric, ScoresQuery } from "./types.ts";

const QUERY_TIMEOUT = 300_000;
const MINIMUM = 100;

export interface ScoresOptions {
  /** Names it in plans, events and reasons. Unique among the metrics of one analysis. */
  readonly name: string;
  /** Gives fresh pairs of scores in [0, 1] for both releases. Throwing is an error, never a pass. */
  readonly query: ScoresQuery;
  /** How often it is asked. @defaultValue the analysis' window */
  readonly interval?: Duration;
  /** How long one query may take; a longer one counts as an error. @defaultValue `"5m"` */
  readonly timeout?: Duration;
  /** Pairs that make a step without a decision a pass. @defaultValue `100` */
  readonly minimum?: number;
  /** Errors of the source in a row that are tolerated: one more makes the step inconclusive. @defaultValue `4` */
  readonly consecutiveErrorLimit?: number;
}

/**
 * Scores of both releases for the same questions, such as an LLM judge's marks for their answers, compared pair by pair.
 *
 * A mean drop of up to 0.02 is accepted; the candidate fails when a larger one is certain, and passes a step early when
 * a drop of 0.10 is ruled out. May be looked at after every pair. Each pair must be new: repeating the same ones makes
 * up evidence.
 *
 * @throws `DEFINITION_INVALID` where an option is wrong.
 *
 * @example
 * ```ts
 * import { canary, scores } from "sluice/deploy";
 *
 * declare function answersScored(url: string): Promise<number[]>;
 *
 * const answers = scores({
 *   name: "answers",
 *   query: async ({ stable, candidate }) => {
 *     if (stable === undefined || candidate === undefined) return [];
 *     return { baseline: await answersScored(stable.url), candidate: await answersScored(candidate.url) };
 *   },
 * });
 * canary({ steps: [10, 50], every: "10m", analysis: [answers] });
 * ```
 */
export function scores(options: ScoresOptions): Metric {
  const problems = new Problems("scores");
  const { name, query, minimum = MINIMUM } = options;
  checkNamed(name, query, problems);
  problems.whole("minimum", minimum, 1);
  const interval =
    options.interval === undefined ? {} : { interval: problems.duration("interval", options.interval, 1) };
  const timeout = problems.duration("timeout", options.timeout ?? QUERY_TIMEOUT, QUERY_TIMEOUT);
  const consecutiveErrorLimit = resolveErrorLimit(options.consecutiveErrorLimit, problems);
  problems.throwIfAny();
  return { kind: "scores", name, query, ...interval, timeout, minimum, consecutiveErrorLimit };
}
