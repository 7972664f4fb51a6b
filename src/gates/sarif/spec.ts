import type { Duration } from "../../util/duration.ts";
import type { FreshnessSpec } from "../_shared/freshness.ts";
import { OptionProblems } from "../_shared/options.ts";
import { isRecord } from "../_shared/json.ts";

/** How SARIF grades a result. */
export type SarifLevel = "error" | "warning" | "note";
export const SARIF_LEVELS: readonly SarifLevel[] = ["error", "warning", "note"];

/** How security tools grade a result, by its CVSS score. */
export type Severity = "critical" | "high" | "medium" | "low";
/** The worst first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

/** A rule whose results are accepted for a time. */
export interface IgnoredRule {
  /** The rule's id as the report writes it, for example `CVE-2024-21538`. */
  readonly rule: string;
  readonly reason: string;
  /** The last day on which it is ignored, in UTC: `2027-03-31`. */
  readonly until: string;
}

interface SarifCommon {
  /** Paths or globs of SARIF 2.1.0 files, relative to the root. Each must match at least one file. */
  readonly report: string | readonly string[];
  /** Rules accepted for a time, each with a reason. */
  readonly ignore?: readonly IgnoredRule[];
  /** Counts only results that the last accepted run had not. @defaultValue false */
  readonly newOnly?: boolean;
  /** How long ago a report may have been written. @defaultValue no limit */
  readonly maxAge?: Duration;
  /** Accepts a report that the last accepted run has judged already. @defaultValue false */
  readonly allowStale?: boolean;
}

/** Options of {@link sarif}: a limit by level (`max`) or by severity. */
export type SarifOptions = SarifCommon &
  (
    | {
        /** How many results of each level there may be; a level left out is not limited. */
        readonly max: Readonly<Partial<Record<SarifLevel, number>>>;
        readonly severity?: never;
      }
    | {
        /** No result of this severity or worse. */
        readonly severity: Severity;
        readonly max?: never;
      }
  );

export interface SarifSpec extends FreshnessSpec {
  readonly report: readonly string[];
  readonly limit:
    | { readonly by: "level"; readonly max: Readonly<Partial<Record<SarifLevel, number>>> }
    | { readonly by: "severity"; readonly severity: Severity };
  readonly ignore: readonly IgnoredRule[];
  readonly newOnly: boolean;
}

const KEYS = [
  "report",
  "max",
  "severity",
  "ignore",
  "newOnly",
  "maxAge",
  "allowStale",
] satisfies (keyof SarifOptions)[];

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveSarif(options: SarifOptions): SarifSpec {
  const problems = new OptionProblems("sarif");
  problems.keys(options, KEYS);
  problems.throwIfAny();
  problems.flag("newOnly", options.newOnly);
  problems.flag("allowStale", options.allowStale);
  const spec: SarifSpec = {
    report: problems.reports(options.report),
    limit: limitOf(options, problems),
    ignore: ignoredOf(options.ignore, problems),
    newOnly: options.newOnly ?? false,
    maxAge: problems.duration("maxAge", options.maxAge) ?? null,
    allowStale: options.allowStale ?? false,
  };
  problems.throwIfAny();
  return spec;
}

function limitOf(options: SarifOptions, problems: OptionProblems): SarifSpec["limit"] {
  const { max, severity } = options as { max?: SarifOptions["max"]; severity?: Severity };
  if ((max === undefined) === (severity === undefined)) {
    const both = max !== undefined;
    problems.add(
      both ? "max and severity are both given" : "there is no limit, so it would accept everything",
      `Give either max, for example max: { error: 0 }, or severity, for example severity: "high".`,
    );
  }
  if (severity !== undefined) {
    problems.oneOf("severity", severity, SEVERITIES);
    return { by: "severity", severity };
  }
  const given: Partial<Record<SarifLevel, number>> = {};
  if (max !== undefined && problems.keys(max, SARIF_LEVELS, "max")) {
    for (const level of SARIF_LEVELS) {
      const limit = max[level];
      problems.count(`max.${level}`, limit);
      if (limit !== undefined) given[level] = limit;
    }
    if (Object.keys(given).length === 0)
      problems.add(
        "max limits no level, so it would accept everything",
        "Give one, for example max: { error: 0 }.",
      );
  }
  return { by: "level", max: given };
}

function ignoredOf(ignore: unknown, problems: OptionProblems): readonly IgnoredRule[] {
  if (ignore === undefined) return [];
  if (!Array.isArray(ignore)) {
    problems.add(
      "ignore must be a list",
      `For example ignore: [{ rule: "CVE-2024-1", reason: "not reachable", until: "2027-03-31" }].`,
    );
    return [];
  }
  return ignore.map((one: unknown, index) => {
    const name = `ignore[${index}]`;
    if (!problems.keys(one, ["rule", "reason", "until"], name)) return { rule: "", reason: "", until: "" };
    for (const key of ["rule", "reason", "until"]) problems.text(`${name}.${key}`, one[key] ?? "");
    const until = String(one["until"]);
    if (isRecord(one) && !isDay(until)) {
      problems.add(
        `${name}.until must be a day such as 2027-03-31, got ${until}`,
        "Write the last day on which the rule is ignored.",
      );
    }
    return { rule: String(one["rule"]), reason: String(one["reason"]), until };
  });
}

/** `2027-02-30` parses in JavaScript as the second of March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  );
}
