import { makeMetric, type Metric, type MetricLimits } from "./metric.ts";
import { pick, pointerProblem } from "./pointer.ts";
import { Problems, show } from "./problems.ts";

/** Options of the metrics of {@link retrieval}. */
export interface RetrievalOptions extends MetricLimits {
  /** How many of the first results count. */
  readonly at: number;
  /**
   * Where the ids stand in an answer, in the order of the ranking: a JSON pointer in which `*` is every element of a
   * list. @defaultValue the `id` of every element of `sources`
   */
  readonly ids?: string;
}

/**
 * Metrics of what a retrieval finds. Every line of the dataset needs `relevant`: the ids of which one has to be found.
 * Repeated ids in a ranking keep their places.
 *
 * @example
 * ```ts
 * import { retrieval } from "sluice/ai";
 *
 * const score = [retrieval.hitRate({ at: 5, min: 0.9 }), retrieval.mrr({ at: 10, maxDrop: 0.02 })];
 * ```
 */
export const retrieval = {
  /**
   * The share of questions with a relevant id among the first `at`: (1/n) · Σ [rank ≤ at]. Known as success at k
   * (TREC's trec_eval).
   */
  hitRate: (options: RetrievalOptions): Metric => ranked("hitRate", "hit rate", options, () => 1),
  /**
   * The mean of 1/rank of the first relevant id, 0 where none is among the first `at`: (1/n) · Σ 1/rank. From Voorhees,
   * "The TREC-8 Question Answering Track Report" (1999).
   */
  mrr: (options: RetrievalOptions): Metric => ranked("mrr", "mrr", options, (rank) => 1 / rank),
} as const;

const DEFAULT_IDS = "/sources/*/id";

function ranked(
  kind: string,
  label: string,
  options: RetrievalOptions,
  gain: (rank: number) => number,
): Metric {
  const problems = new Problems(`retrieval.${kind}`);
  problems.keys(options, ["at", "ids", "min", "maxDrop", "name"]);
  problems.throwIfAny();
  const { at, ids = DEFAULT_IDS } = options;
  problems.whole("at", at, 1, "required");
  const wrong = pointerProblem(ids, "ids");
  if (wrong !== undefined) problems.add(wrong, "It starts with a slash, or is empty for the whole answer.");
  const score: Metric["score"] = (answer, question) => {
    const rank =
      ranking(answer, ids)
        .slice(0, at)
        .findIndex((id) => question.relevant.includes(id)) + 1;
    return rank === 0 ? 0 : gain(rank);
  };
  return makeMetric(
    { kind, name: `${label}@${at}`, needs: "relevant", options: { at, ids }, score },
    options,
    problems,
  );
}

function ranking(answer: unknown, pointer: string): readonly string[] {
  const found = pick(answer, pointer);
  if (!Array.isArray(found)) throw new Error(`${pointer} is no list of ids, but ${show(found)}`);
  return found.map((id: unknown) => {
    if (typeof id !== "string" && typeof id !== "number")
      throw new Error(`${pointer} holds ${show(id)}, which is no id`);
    return String(id);
  });
}
