import { Problems } from "../problems.ts";
import type { PrometheusCountsOptions } from "../types.ts";
import { checkSelector, type Selector } from "./selector.ts";

/** {@link PrometheusCountsOptions}, checked. */
export interface ResolvedCounts {
  readonly requests: Selector;
  readonly errors: Selector;
  readonly latency: Selector | undefined;
  /** Milliseconds in one unit of the histogram's bounds. */
  readonly unit: number;
  /** Milliseconds. */
  readonly maxAge: number;
}

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveCounts(options: PrometheusCountsOptions): ResolvedCounts {
  const problems = new Problems("prometheus().counts()");
  problems.keys(options, ["requests", "errors", "latency", "latencyUnit", "maxAge"]);
  const { latencyUnit = "s" } = options;
  const requests = checkSelector("requests", options.requests, problems);
  const errors = checkSelector("errors", options.errors, problems);
  const latency =
    options.latency === undefined ? undefined : checkSelector("latency", options.latency, problems);
  if (!["s", "ms"].includes(latencyUnit)) {
    problems.add(`latencyUnit: ${JSON.stringify(latencyUnit)} is not known`, 'Use "s" or "ms".');
  }
  if (options.latencyUnit !== undefined && latency === undefined) {
    problems.add("latencyUnit has no meaning without latency", "Give both or none.");
  }
  const maxAge = problems.duration("maxAge", options.maxAge ?? "2m");
  problems.throwIfAny();
  return { requests, errors, latency, unit: latencyUnit === "s" ? 1_000 : 1, maxAge };
}
