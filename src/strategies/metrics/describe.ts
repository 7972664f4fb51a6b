import type { JsonObject } from "../../model/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import type { Metric } from "./types.ts";

/** A metric as it stands in a Plan: its options, with functions by their names. */
export function describeMetric(metric: Metric): JsonObject {
  switch (metric.kind) {
    case "compared":
    case "threshold": {
      const { of, ...rest } = metric;
      if (of.kind !== "query") return { ...rest, of: { ...of } };
      return { ...rest, of: { kind: of.kind, query: functionName(of.query), timeout: of.timeout } };
    }
    case "scores":
      return { ...metric, query: functionName(metric.query) };
    default:
      return unreachable(metric);
  }
}

/** The name under which a function stands in a Plan. */
export function functionName(fn: { readonly name: string }): string {
  return fn.name === "" ? "anonymous" : fn.name;
}
