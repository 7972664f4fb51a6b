import type { Json, JsonObject } from "../model/index.ts";
import type { StepContext } from "../ports/index.ts";
import type { Dataset } from "./dataset.ts";
import type { Metric } from "./metric.ts";
import type { ItemResult } from "./run.ts";

/** What is kept of an accepted run. */
interface Kept {
  readonly metrics: readonly string[];
  /** Scores by question, in the order of `metrics`; absent where there were too many questions. */
  readonly items?: Readonly<Record<string, readonly number[]>>;
  readonly means: Readonly<Record<string, number>>;
  readonly digest: string;
}

/** A metric's mean now and then, over the questions that both runs asked. */
export interface Comparison {
  readonly now: number;
  readonly before: number;
  /** How many questions both runs asked. */
  readonly shared: number;
  /** Whether both runs asked the same questions and no others. */
  readonly same: boolean;
}

export interface Comparisons {
  readonly of: ReadonlyMap<string, Comparison>;
  /** Why there is nothing to compare with. */
  readonly missing: string | undefined;
  /** Questions that scored higher before, the largest fall first. */
  readonly worse: readonly string[];
}

const KIND = "evaluate";
const MAX_ITEMS = 2_000;

/** Compares with the last accepted run, question by question: a changed dataset must not pass for a changed app. */
export async function compare(
  dataset: Dataset,
  metrics: readonly Metric[],
  results: readonly ItemResult[],
  context: StepContext,
): Promise<Comparisons> {
  const kept = readKept(await context.baseline.previous());
  const nothing = (missing: string): Comparisons => ({ of: new Map(), missing, worse: [] });
  if (kept === undefined) return nothing("no accepted run to compare with");
  if (kept.items === undefined && kept.digest !== dataset.digest) {
    return nothing("not compared: the dataset has changed, and is too large to compare question by question");
  }
  const of = new Map<string, Comparison>();
  const falls = new Map<string, number>();
  for (const [at, { name }] of metrics.entries()) {
    const column = kept.metrics.indexOf(name);
    if (column === -1) continue;
    const pairs = kept.items === undefined ? undefined : pairsOf(results, at, kept.items, column, falls);
    const comparison =
      pairs === undefined
        ? whole(results, at, kept.means[name])
        : overPairs(pairs, results.length, kept.items);
    if (comparison !== undefined) of.set(name, comparison);
  }
  const missing =
    of.size > 0
      ? undefined
      : "not compared: the last accepted run shares no question and metric with this one";
  const worse = [...falls].sort(([, a], [, b]) => b - a).map(([question]) => question);
  return { of, missing, worse };
}

interface Pair {
  readonly now: number;
  readonly before: number;
}

function pairsOf(
  results: readonly ItemResult[],
  at: number,
  items: NonNullable<Kept["items"]>,
  column: number,
  falls: Map<string, number>,
): readonly Pair[] {
  return results.flatMap((result) => {
    const before = items[result.item.key]?.[column];
    if (before === undefined) return [];
    const now = result.scores[at] ?? 0;
    const { id, question } = result.item;
    if (before - now > 1e-6)
      falls.set(id ?? question, Math.max(falls.get(id ?? question) ?? 0, before - now));
    return [{ now, before }];
  });
}

function overPairs(pairs: readonly Pair[], asked: number, items: Kept["items"]): Comparison | undefined {
  if (pairs.length === 0) return undefined;
  return {
    now: mean(pairs.map((pair) => pair.now)),
    before: mean(pairs.map((pair) => pair.before)),
    shared: pairs.length,
    same: pairs.length === asked && Object.keys(items ?? {}).length === asked,
  };
}

function whole(
  results: readonly ItemResult[],
  at: number,
  before: number | undefined,
): Comparison | undefined {
  if (before === undefined) return undefined;
  return {
    now: mean(results.map((result) => result.scores[at] ?? 0)),
    before,
    shared: results.length,
    same: true,
  };
}

/** Becomes the baseline if the run passes. */
export function keep(
  dataset: Dataset,
  metrics: readonly Metric[],
  results: readonly ItemResult[],
  context: StepContext,
): void {
  const items = Object.fromEntries(results.map((result) => [result.item.key, result.scores.map(short)]));
  const value: JsonObject = {
    kind: KIND,
    metrics: metrics.map((metric) => metric.name),
    means: Object.fromEntries(
      metrics.map((metric, at) => [metric.name, mean(results.map((result) => result.scores[at] ?? 0))]),
    ),
    digest: dataset.digest,
    ...(results.length > MAX_ITEMS ? {} : { items }),
  };
  context.baseline.propose(value);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Six digits keep a baseline small, and are more than a score means. */
function short(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

/** A baseline of another form, for example another gate's of this name, is none. */
function readKept(value: Json | undefined): Kept | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { kind, metrics, means, digest, items } = value as JsonObject & Partial<Kept>;
  if (kind !== KIND || !Array.isArray(metrics) || typeof means !== "object" || typeof digest !== "string")
    return undefined;
  return { metrics, means, digest, ...(typeof items === "object" ? { items } : {}) };
}
