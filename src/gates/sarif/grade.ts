import { isRecord, records, text, type JsonRecord } from "../_shared/json.ts";
import { invalid } from "../_shared/report-error.ts";
import type { FoundRule } from "./rules.ts";
import type { SarifLevel, Severity } from "./spec.ts";

export type ResultLevel = SarifLevel | "none";

/**
 * The level of a result (SARIF 2.1.0, 3.27.10): its own; else `none` where its kind is not `fail`; else what the
 * invocation set for its rule; else the rule's default; else `warning`. @throws SluiceError `REPORT_INVALID`
 */
export function levelOf(result: JsonRecord, run: JsonRecord, rule: FoundRule, path: string): ResultLevel {
  const own = result["level"];
  if (own !== undefined) return asLevel(own, path);
  if ((result["kind"] ?? "fail") !== "fail") return "none";
  const set = overriddenLevel(result, run, rule) ?? configured(rule.descriptor?.["defaultConfiguration"]);
  return set === undefined ? "warning" : asLevel(set, path);
}

function overriddenLevel(result: JsonRecord, run: JsonRecord, rule: FoundRule): unknown {
  const provenance = result["provenance"];
  const index = isRecord(provenance) ? provenance["invocationIndex"] : undefined;
  const invocation = typeof index === "number" && index >= 0 ? records(run["invocations"])[index] : undefined;
  const override = records(invocation?.["ruleConfigurationOverrides"]).find((one) => {
    return isRecord(one["descriptor"]) && one["descriptor"]["id"] === (rule.descriptor?.["id"] ?? rule.id);
  });
  return configured(override?.["configuration"]);
}

function configured(configuration: unknown): unknown {
  return isRecord(configuration) ? configuration["level"] : undefined;
}

function asLevel(level: unknown, path: string): ResultLevel {
  if (level === "error" || level === "warning" || level === "note" || level === "none") return level;
  throw invalid(
    path,
    `has the unknown level ${JSON.stringify(level)}`,
    "SARIF knows error, warning, note and none: run the tool again, or report it to its makers.",
  );
}

/** The CVSS score that tools keep under `security-severity`: of the result, else of its rule. */
export function scoreOf(result: JsonRecord, rule: FoundRule): number | undefined {
  for (const holder of [result, rule.descriptor]) {
    const properties = holder?.["properties"];
    const value = isRecord(properties) ? properties["security-severity"] : undefined;
    const score = typeof value === "number" ? value : Number.parseFloat(text(value) ?? "");
    if (Number.isFinite(score)) return score;
  }
  return undefined;
}

/**
 * Bounds as GitHub code scanning draws them: from 9, 7, 4 and above 0. Without a score (or with 0, which tools write for
 * "unknown") the level stands in: error is high, warning medium, note low.
 */
export function severityOf(score: number | undefined, level: ResultLevel): Severity | undefined {
  if (score !== undefined && score > 0)
    return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : "low";
  switch (level) {
    case "error":
      return "high";
    case "warning":
      return "medium";
    case "note":
      return "low";
    case "none":
      return undefined;
  }
}
