import { refHandle, type Input } from "../model/index.ts";
import type { Duration } from "../util/duration.ts";
import { checkEnv, type AskEnv, type AskFunction } from "./ask-function.ts";
import { resolveHttp, type HttpAsk, type HttpSpec } from "./ask-http.ts";
import type { JudgeLimits } from "./judge.ts";
import type { Metric } from "./metric.ts";
import { Problems, show } from "./problems.ts";
import type { RetryPolicy } from "./retry.ts";

interface EvaluateCommon {
  /**
   * A file in JSON Lines, relative to the root: each line an object with `question`, and `relevant` (ids) or `expected`
   * (a text, or several) where a metric needs it; `id` and fields of your own are welcome.
   */
  readonly dataset: Input<string>;
  /** What is measured. At least one metric, or `latency`, needs a limit. */
  readonly score: Metric | readonly Metric[];
  /** How many questions are asked at a time. @defaultValue 4 */
  readonly concurrency?: number;
  /** For one try of one question; what takes longer is an error and not tried again. @defaultValue `"30s"` */
  readonly timeout?: Duration;
  /** How often a question is asked again after a lost connection, 408, 425, 429, 500, 502, 503 or 504. @defaultValue 3 */
  readonly retries?: number;
  /** Before the first of them; it doubles each time, and a longer `Retry-After` counts. @defaultValue `"500ms"` */
  readonly retryDelay?: Duration;
  /** The share of questions that may end in an error. An error scores 0 in any case. @defaultValue 0.05 */
  readonly maxErrors?: number;
  /** The longest that half, and 95 of 100, of the answers may take. @defaultValue no limit */
  readonly latency?: { readonly p50?: Duration; readonly p95?: Duration };
}

/** Options of {@link evaluate}. */
export type EvaluateOptions<Subject> = EvaluateCommon &
  (
    | {
        /** Asks a service over HTTP. */
        readonly ask: HttpAsk;
        readonly env?: never;
      }
    | {
        /** Answers in this process. The plan shows the function's name. */
        readonly ask: AskFunction<Subject>;
        /** Texts, refs and secrets that the function is given. */
        readonly env?: AskEnv;
      }
  );

/** The options as data, with refs and secrets still in them. */
export interface EvaluateSpec {
  readonly dataset: Input<string>;
  readonly ask: { readonly http: HttpSpec } | { readonly function: string; readonly env: AskEnv };
  readonly score: readonly Metric["spec"][];
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly limits: JudgeLimits;
}

const KEYS = [
  "dataset",
  "ask",
  "env",
  "score",
  "concurrency",
  "timeout",
  "retries",
  "retryDelay",
  "maxErrors",
  "latency",
] satisfies (keyof EvaluateOptions<unknown>)[];

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveEvaluate<Subject>(options: EvaluateOptions<Subject>): {
  spec: EvaluateSpec;
  metrics: readonly Metric[];
} {
  const problems = new Problems("evaluate");
  problems.keys(options, KEYS);
  problems.throwIfAny();
  if (refHandle(options.dataset) === undefined) problems.text("dataset", options.dataset, "required");
  problems.whole("concurrency", options.concurrency, 1);
  problems.whole("retries", options.retries, 0);
  if (options.maxErrors === 1)
    problems.add("maxErrors of 1 accepts that no question is answered", "Give less, or leave it out.");
  else problems.share("maxErrors", options.maxErrors, "zero allowed");
  const metrics = metricsOf(options.score, problems);
  const latency = latencyOf(options.latency, problems);
  const limited = metrics.some((metric) => metric.min !== undefined || metric.maxDrop !== undefined);
  if (metrics.length > 0 && !limited && Object.keys(latency).length === 0) {
    problems.add("there is no limit, so it would accept everything", "Give a metric min or maxDrop.");
  }
  const spec: EvaluateSpec = {
    dataset: options.dataset,
    ask: askOf(options, problems),
    score: metrics.map((metric) => metric.spec),
    concurrency: options.concurrency ?? 4,
    timeout: problems.duration("timeout", options.timeout, 30_000),
    retry: { retries: options.retries ?? 3, delay: problems.duration("retryDelay", options.retryDelay, 500) },
    limits: { maxErrors: options.maxErrors ?? 0.05, latency },
  };
  problems.throwIfAny();
  return { spec, metrics };
}

function askOf<Subject>(options: EvaluateOptions<Subject>, problems: Problems): EvaluateSpec["ask"] {
  const { ask, env } = options;
  if (typeof ask === "function") {
    checkEnv(env, problems);
    return { function: ask.name === "" ? "anonymous" : ask.name, env: env ?? {} };
  }
  if (env !== undefined)
    problems.add(
      "env is for a function that answers, not for a service",
      "Give the service what it needs in ask.headers.",
    );
  if (typeof (ask as unknown) !== "object" || (ask as unknown) === null) {
    problems.add(
      `ask must be { url } or a function, got ${show(ask)}`,
      `For example ask: { url: staging.url, path: "/query" }.`,
    );
    return { function: "", env: {} };
  }
  return { http: resolveHttp(ask, problems) };
}

function metricsOf(score: unknown, problems: Problems): readonly Metric[] {
  const given: readonly unknown[] = Array.isArray(score) ? score : [score];
  const metrics = given.filter(isMetric);
  if (metrics.length === 0 || metrics.length !== given.length) {
    problems.add(
      `score must be a metric or a list of them, got ${show(score)}`,
      "For example score: retrieval.hitRate({ at: 5, min: 0.9 }).",
    );
  }
  const names = metrics.map((metric) => metric.name);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    problems.add(`two metrics are called "${name}"`, 'Give one of them a name of its own: name: "…".');
  }
  return metrics;
}

function isMetric(candidate: unknown): candidate is Metric {
  return (
    typeof candidate === "object" &&
    candidate !== null &&
    "score" in candidate &&
    typeof candidate.score === "function"
  );
}

function latencyOf(latency: EvaluateCommon["latency"], problems: Problems): JudgeLimits["latency"] {
  if (latency === undefined || !problems.keys(latency, ["p50", "p95"], "latency")) return {};
  const limits: { p50?: number; p95?: number } = {};
  for (const name of ["p50", "p95"] as const) {
    if (latency[name] !== undefined) limits[name] = problems.duration(`latency.${name}`, latency[name], 1);
  }
  return limits;
}
