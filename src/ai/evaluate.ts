import { SluiceError } from "../errors/index.ts";
import type { Check, ResolvedSecret, StepContext, Verdict } from "../ports/index.ts";
import { callFunction, revealEnv } from "./ask-function.ts";
import { askHttp, fieldsOf, isHttpUrl, type ResolvedHttp } from "./ask-http.ts";
import { compare, keep } from "./compare.ts";
import { readDataset, type DatasetItem } from "./dataset.ts";
import { verdictOf } from "./judge.ts";
import type { Metric } from "./metric.ts";
import { resolveEvaluate, type EvaluateOptions, type EvaluateSpec } from "./options.ts";
import { show } from "./problems.ts";
import { askAll } from "./run.ts";

/** {@link EvaluateSpec} as the engine gives it: refs replaced by values, secrets by resolved ones. */
interface ResolvedEvaluate extends Omit<EvaluateSpec, "dataset" | "ask"> {
  readonly dataset: unknown;
  readonly ask:
    | { readonly http: ResolvedHttp }
    | { readonly function: string; readonly env: Readonly<Record<string, string | ResolvedSecret>> };
}

/**
 * Judges an app by its answers to the questions of a dataset: each is asked, scored by every metric, and the means are
 * held against limits and against the last accepted run.
 *
 * The comparison is over the questions that both runs asked, so that a dataset may grow. A question that ends in an error
 * scores 0 and is reported; more errors than `maxErrors` allows fail the gate. A dataset that is missing, empty,
 * malformed or holds a question twice fails it before anything is asked. Each question is printed with its scores, in
 * the order of the dataset.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong; when judging, `GATE_ERROR` where the dataset cannot
 * be used or nobody answers.
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { evaluate, retrieval } from "sluice/ai";
 *
 * export default pipeline({ name: "ai-query" }, (p) => {
 *   const index = p.stage("build").job("index", () => ({ url: "http://127.0.0.1:8080" }));
 *   p.stage("evaluate").gate("answers", index, evaluate({
 *     dataset: "evals/questions.jsonl",
 *     ask: { url: index.url, path: "/query" },
 *     score: [retrieval.hitRate({ at: 5, min: 0.9, maxDrop: 0.02 }), retrieval.mrr({ at: 10 })],
 *     latency: { p95: "2s" },
 *   }));
 * });
 * ```
 */
export function evaluate<Subject = unknown>(options: EvaluateOptions<Subject>): Check<Subject> {
  const { spec, metrics } = resolveEvaluate(options);
  const judge = (subject: Subject, resolved: ResolvedEvaluate, context: StepContext): Promise<Verdict> =>
    judgeAnswers(metrics, resolved, askerOf(options, subject, resolved), context);
  return { kind: "evaluate", spec, judge };
}

type Asker = (item: DatasetItem, signal: AbortSignal) => Promise<unknown>;

function askerOf<Subject>(
  options: EvaluateOptions<Subject>,
  subject: Subject,
  { ask }: ResolvedEvaluate,
): Asker {
  if ("http" in ask) {
    const { url } = ask.http;
    if (!isHttpUrl(url)) {
      throw new SluiceError("GATE_ERROR", `ask.url is no http or https address: ${show(url)}`, {
        hint: "See what the node gives that the url comes from.",
      });
    }
    return (item, signal) => askHttp(ask.http, item, signal);
  }
  const answer = options.ask;
  if (typeof answer !== "function") throw new SluiceError("INTERNAL", "the function that answers was lost");
  const env = revealEnv(ask.env);
  return (item, signal) => callFunction(answer, item, { signal, subject, env, fields: item.fields });
}

async function judgeAnswers(
  metrics: readonly Metric[],
  spec: ResolvedEvaluate,
  ask: Asker,
  context: StepContext,
): Promise<Verdict> {
  const path = spec.dataset;
  if (typeof path !== "string" || path === "")
    throw new SluiceError("GATE_ERROR", `dataset is no path: ${show(path)}`, {
      hint: "See what the node gives that the path comes from.",
    });
  const placeholders = "http" in spec.ask ? fieldsOf(spec.ask.http) : [];
  const dataset = await readDataset(path, context.root, metrics, placeholders);
  const { concurrency, timeout, retry } = spec;
  const results = await askAll(dataset, { metrics, concurrency, timeout, retry, ask }, context);
  const verdict = verdictOf(metrics, results, await compare(dataset, metrics, results, context), spec.limits);
  if (verdict.outcome === "passed") keep(dataset, metrics, results, context);
  return verdict;
}
