import type { Figure } from "../model/index.ts";
import type { Verdict } from "../ports/index.ts";
import { mean, type Comparison, type Comparisons } from "./compare.ts";
import type { Metric } from "./metric.ts";
import { percentile } from "./percentile.ts";
import { shorten } from "./problems.ts";
import { rounded, type ItemResult } from "./run.ts";

export interface JudgeLimits {
  /** The share of questions that may end in an error. */
  readonly maxErrors: number;
  /** Milliseconds. */
  readonly latency: { readonly p50?: number; readonly p95?: number };
}

/** Holds what came out against the limits. */
export function verdictOf(
  metrics: readonly Metric[],
  results: readonly ItemResult[],
  comparisons: Comparisons,
  limits: JudgeLimits,
): Verdict {
  const errors = results.filter((result) => result.error !== undefined);
  const figures = [
    ...metrics.flatMap((metric, at) =>
      metricFigures(
        metric,
        mean(results.map((result) => result.scores[at] ?? 0)),
        comparisons.of.get(metric.name),
      ),
    ),
    errorFigure(errors.length, results.length, limits.maxErrors),
    ...latencyFigures(results, limits.latency),
  ];
  const summary = [
    `${counted(results.length, "question")}, ${counted(errors.length, "error")}`,
    ...figures.filter((figure) => !figure.ok).map(describe),
    ...(errors.length > 0 ? [errorText(errors)] : []),
    ...(comparisons.missing === undefined ? [] : [comparisons.missing]),
    ...(comparisons.worse.length > 0 ? [`worse than before: ${few(comparisons.worse)}`] : []),
  ].join("; ");
  if (figures.every((figure) => figure.ok)) return { outcome: "passed", figures, summary };
  return {
    outcome: "failed",
    figures,
    summary,
    hint: "Every question with its scores stands in the gate's log.",
  };
}

/** One figure; two where the questions have changed, because the comparison is then over the shared ones. */
function metricFigures(metric: Metric, value: number, comparison: Comparison | undefined): readonly Figure[] {
  const { name, min, maxDrop } = metric;
  const own = { name, value, unit: "share" };
  if (comparison === undefined) return [{ ...own, ...bound([min]), ok: keeps(value, min) }];
  const floor = maxDrop === undefined ? undefined : tidy(comparison.before - maxDrop);
  const previous = tidy(comparison.before);
  if (comparison.same) {
    return [
      { ...own, ...bound([min, floor]), previous, ok: keeps(value, min) && reaches(comparison.now, floor) },
    ];
  }
  return [
    { ...own, ...bound([min]), ok: keeps(value, min) },
    {
      name: `${name} (${comparison.shared} questions in common)`,
      value: comparison.now,
      unit: "share",
      ...bound([floor]),
      previous,
      ok: reaches(comparison.now, floor),
    },
  ];
}

function bound(mins: readonly (number | undefined)[]): { readonly min?: number } {
  const given = mins.filter((min) => min !== undefined);
  return given.length === 0 ? {} : { min: Math.max(...given) };
}

/** A mean of ratios may miss a limit that it equals by its last binary digit. */
function keeps(value: number, min: number | undefined): boolean {
  return min === undefined || value >= min - 1e-12;
}

/** Kept scores have six digits, so their mean may differ from the same scores' mean in the seventh. */
function reaches(value: number, floor: number | undefined): boolean {
  return floor === undefined || value >= floor - 1e-6;
}

function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function errorFigure(count: number, total: number, share: number): Figure {
  const max = Math.floor(share * total + 1e-9);
  return { name: "errors", value: count, unit: "questions", max, ok: count <= max };
}

function latencyFigures(results: readonly ItemResult[], limits: JudgeLimits["latency"]): readonly Figure[] {
  const latencies = results.flatMap((result) => result.latency ?? []);
  return (["p50", "p95"] as const).map((name) => {
    const value = Math.round(percentile(latencies, name === "p50" ? 0.5 : 0.95));
    const max = limits[name];
    return {
      name: `latency ${name}`,
      value,
      unit: "ms",
      ...(max === undefined ? {} : { max }),
      ok: value <= (max ?? Infinity),
    };
  });
}

/** `mrr@5 0.7 (at least 0.8, before 0.82)`. */
function describe(figure: Figure): string {
  const value = figure.unit === "share" ? rounded(figure.value) : `${figure.value} ${figure.unit ?? ""}`;
  const bounds = [
    figure.min === undefined ? "" : `at least ${rounded(figure.min)}`,
    figure.max === undefined ? "" : `at most ${figure.max}`,
    figure.previous === undefined ? "" : `before ${rounded(figure.previous)}`,
  ].filter((part) => part !== "");
  return `${figure.name} ${value}${bounds.length === 0 ? "" : ` (${bounds.join(", ")})`}`;
}

/** The reasons, the most frequent first. */
function errorText(errors: readonly ItemResult[]): string {
  const counts = new Map<string, number>();
  for (const { error } of errors) counts.set(error ?? "", (counts.get(error ?? "") ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, 3).map(([reason, count]) => `${count} × ${shorten(reason, 100)}`);
  return (
    shown.join(", ") +
    (sorted.length > shown.length ? ` and ${sorted.length - shown.length} other reasons` : "")
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function few(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => shorten(name, 60))
    .join(", ");
  return names.length <= 5 ? shown : `${shown} and ${names.length - 5} more`;
}
