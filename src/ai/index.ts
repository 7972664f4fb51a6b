/**
 * Judges an app by its answers to the questions of a dataset: retrieval metrics, comparison of texts, metrics of your own.
 *
 * @packageDocumentation
 */
export { contains, exact, type AnswerOptions } from "./answers.ts";
export { type AskContext, type AskEnv, type AskFunction } from "./ask-function.ts";
export { type HttpAsk } from "./ask-http.ts";
export { evaluate } from "./evaluate.ts";
export { custom, type CustomOptions, type Metric, type MetricLimits, type Question } from "./metric.ts";
export { type EvaluateOptions } from "./options.ts";
export { retrieval, type RetrievalOptions } from "./retrieval.ts";
