import type { Json, JsonObject } from "../model/index.ts";
import { Problems } from "./problems.ts";

/** One question of a dataset. */
export interface Question {
  readonly id: string | undefined;
  readonly question: string;
  /** Ids of what a good retrieval finds; empty where the line gives none. */
  readonly relevant: readonly string[];
  /** Texts that count as right; empty where the line gives none. */
  readonly expected: readonly string[];
  /** The whole line, with fields of your own. */
  readonly fields: JsonObject;
}

/** Limits of a metric, as shares from 0 to 1. */
export interface MetricLimits {
  /** The least that the mean over all questions may be. */
  readonly min?: number;
  /** How far the mean may fall below the last accepted run, over the questions that both have. */
  readonly maxDrop?: number;
  /** What it is called. @defaultValue the metric's own name */
  readonly name?: string;
}

/** How answers are scored. Made by {@link retrieval}, {@link exact}, {@link contains} or {@link custom}. */
export interface Metric {
  readonly name: string;
  readonly min: number | undefined;
  readonly maxDrop: number | undefined;
  /** Which field every line of the dataset must have for it. */
  readonly needs: "relevant" | "expected" | undefined;
  /** What stands in the plan. */
  readonly spec: JsonObject;
  /** One answer's score from 0 to 1. Throws where the answer cannot be scored. */
  readonly score: (answer: unknown, question: Question) => number | Promise<number>;
}

/** What a metric is made from once its own options are checked. */
export interface MetricParts {
  readonly kind: string;
  readonly name: string;
  readonly needs: Metric["needs"];
  readonly options: Readonly<Record<string, Json>>;
  readonly score: Metric["score"];
}

/** Checks the limits, throws what `problems` holds, and makes the metric. */
export function makeMetric(parts: MetricParts, limits: MetricLimits, problems: Problems): Metric {
  problems.share("min", limits.min, "above zero");
  problems.share("maxDrop", limits.maxDrop, "zero allowed");
  problems.text("name", limits.name);
  problems.throwIfAny();
  const { min, maxDrop } = limits;
  const given = { ...(min === undefined ? {} : { min }), ...(maxDrop === undefined ? {} : { maxDrop }) };
  const name = limits.name ?? parts.name;
  return {
    name,
    min,
    maxDrop,
    needs: parts.needs,
    spec: { kind: parts.kind, name, ...parts.options, ...given },
    score: parts.score,
  };
}

/** Options of {@link custom}. */
export type CustomOptions = Omit<MetricLimits, "name">;

/**
 * A metric of your own, for example an LLM that judges. The function gives a score from 0 to 1, or true or false;
 * anything else counts as an error of that question.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong.
 * @example
 * ```ts
 * import { custom } from "sluice/ai";
 *
 * const short = custom("short", (answer) => JSON.stringify(answer).length < 400, { min: 0.95 });
 * ```
 */
export function custom(
  name: string,
  score: (answer: unknown, question: Question) => number | boolean | Promise<number | boolean>,
  options: CustomOptions = {},
): Metric {
  const problems = new Problems("custom");
  problems.keys(options, ["min", "maxDrop"]);
  problems.text("name", name, "required");
  if (typeof score !== "function")
    problems.add("score must be a function", "Give a function of the answer and the question.");
  const scored: Metric["score"] = async (answer, question) => {
    const value = await score(answer, question);
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value === "number" && value >= 0 && value <= 1) return value;
    throw new Error(`${name} must give a score from 0 to 1, gave ${String(value)}`);
  };
  return makeMetric(
    { kind: "custom", name, needs: undefined, options: {}, score: scored },
    options,
    problems,
  );
}
