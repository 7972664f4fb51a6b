import { SluiceError } from "../errors/index.ts";
import { refHandle, type Figure, type Input } from "../model/index.ts";
import type { Check, StepContext, Verdict } from "../ports/index.ts";
import { numbersOf, previousOf, propose } from "./_shared/baseline.ts";
import { boundsOf, within, type Limits } from "./_shared/drop.ts";
import { missed } from "./_shared/figures.ts";
import { OptionProblems } from "./_shared/options.ts";
import { counted, oneLine } from "./_shared/text.ts";

/** One number to judge. At least one limit is needed. */
export interface ThresholdMetric {
  /** A number, or a ref to one: `bench.p95`. */
  readonly value: Input<number>;
  readonly min?: number;
  readonly max?: number;
  /** How much smaller than in the last accepted run it may be, in the value's own unit. */
  readonly maxDrop?: number;
  /** How much larger than in the last accepted run it may be, in the value's own unit. */
  readonly maxRise?: number;
  /** For people, for example `ms`. */
  readonly unit?: string;
}

/** Options of {@link threshold}. */
export interface ThresholdOptions {
  /** By the name under which the figure is reported and remembered. */
  readonly metrics: Readonly<Record<string, ThresholdMetric>>;
}

interface ResolvedMetric extends Limits {
  readonly value: unknown;
  readonly unit?: string;
}

const LIMITS = ["min", "max", "maxDrop", "maxRise"] as const;

/**
 * Judges numbers that earlier jobs gave: against fixed limits, and against the last accepted run. At the first run,
 * and for a metric that is new, there is nothing to compare with, which the summary says.
 *
 * `maxDrop` and `maxRise` compare with the run before only, so that many small steps add up: give `min` or `max` too
 * where there is a line not to cross.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong; when judging, `GATE_ERROR` where a value is no number.
 * @example
 * ```ts
 * import { pipeline } from "sluice";
 * import { threshold } from "sluice/gates";
 *
 * export default pipeline({ name: "search" }, (p) => {
 *   const bench = p.stage("measure").job("bench", () => ({ hitRate: 0.93, p95: 180 }));
 *   p.stage("judge").gate("quality", bench, threshold({
 *     metrics: {
 *       "hit rate": { value: bench.hitRate, min: 0.9, maxDrop: 0.02 },
 *       "p95": { value: bench.p95, max: 250, maxRise: 40, unit: "ms" },
 *     },
 *   }));
 * });
 * ```
 */
export function threshold(options: ThresholdOptions): Check<unknown> {
  return { kind: "threshold", spec: resolve(options), judge };
}

function resolve(options: ThresholdOptions): ThresholdOptions {
  const problems = new OptionProblems("threshold");
  if (problems.keys(options, ["metrics"])) checkMetrics(options["metrics"], problems);
  problems.throwIfAny();
  return { metrics: { ...options.metrics } };
}

function checkMetrics(metrics: unknown, problems: OptionProblems): void {
  if (
    typeof metrics !== "object" ||
    metrics === null ||
    Array.isArray(metrics) ||
    Object.keys(metrics).length === 0
  ) {
    problems.add("there is no metric, so it would accept everything", "Name at least one in metrics.");
    return;
  }
  for (const [name, metric] of Object.entries(metrics)) checkMetric(name, metric, problems);
}

function checkMetric(name: string, metric: unknown, problems: OptionProblems): void {
  if (!problems.keys(metric, ["value", "unit", ...LIMITS], name)) return;
  if (refHandle(metric["value"]) === undefined) {
    if (metric["value"] === undefined) problems.add(`${name} has no value`, "Give a number or a ref to one.");
    else problems.number(`${name}.value`, metric["value"]);
  }
  for (const limit of LIMITS)
    problems.number(`${name}.${limit}`, metric[limit], limit.length > 3 ? { min: 0 } : {});
  problems.text(`${name}.unit`, metric["unit"]);
  if (LIMITS.every((limit) => metric[limit] === undefined)) {
    problems.add(`${name} has no limit, so it would accept everything`, `Give one of ${LIMITS.join(", ")}.`);
  }
  const { min, max } = metric;
  if (typeof min === "number" && typeof max === "number" && min > max) {
    problems.add(`${name}: min ${min} is above max ${max}, so nothing can pass`, "Swap them.");
  }
}

async function judge(
  _subject: unknown,
  spec: { readonly metrics: Readonly<Record<string, ResolvedMetric>> },
  context: StepContext,
): Promise<Verdict> {
  const before = numbersOf((await previousOf("threshold", context))?.["values"]);
  const entries = Object.entries(spec.metrics);
  const figures = entries.map(([name, metric]) => figureOf(name, metric, before[name]));
  const alone = entries.filter(
    ([name, metric]) => (metric.maxDrop ?? metric.maxRise) !== undefined && before[name] === undefined,
  );
  const misses = missed(figures);
  const summary = [
    ...(misses.length > 0
      ? misses
      : [`${counted(figures.length, "figure keeps its", "figures keep their")} limits`]),
    ...(alone.length === 0
      ? []
      : [`no accepted run to compare ${alone.map(([name]) => name).join(" and ")} with`]),
  ].join("; ");
  if (misses.length > 0) {
    return {
      outcome: "failed",
      figures,
      summary,
      hint: "See what changed since the last accepted run, or change the limit.",
    };
  }
  propose("threshold", context, {
    values: Object.fromEntries(figures.map((figure) => [figure.name, figure.value])),
  });
  return { outcome: "passed", figures, summary };
}

function figureOf(name: string, metric: ResolvedMetric, previous: number | undefined): Figure {
  const { value } = metric;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    const got = value === undefined ? "nothing" : oneLine(JSON.stringify(value), 60);
    throw new SluiceError("GATE_ERROR", `${name} is no number: ${got}`, {
      path: name,
      hint: "Let the job before give a number; the text of a command's output has to be converted by a function job.",
    });
  }
  const bounds = boundsOf(metric, previous);
  return {
    name,
    value,
    ...(metric.unit === undefined ? {} : { unit: metric.unit }),
    ...bounds,
    ...(previous === undefined ? {} : { previous }),
    ok: within(value, bounds),
  };
}
