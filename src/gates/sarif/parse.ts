import { isRecord, parseJson, records, text, type JsonRecord } from "../_shared/json.ts";
import { digestOf } from "../_shared/known.ts";
import { invalid } from "../_shared/report-error.ts";
import type { Report } from "../_shared/reports.ts";
import { oneLine } from "../_shared/text.ts";
import { levelOf, scoreOf, severityOf, type ResultLevel } from "./grade.ts";
import { ruleOf } from "./rules.ts";
import type { Severity } from "./spec.ts";

/** One result that points at a problem. */
export interface Finding {
  readonly tool: string;
  readonly rule: string;
  readonly level: ResultLevel;
  readonly severity: Severity | undefined;
  readonly suppressed: boolean;
  /** What the tool itself says of it, compared with a baseline of its own. */
  readonly known: boolean;
  /** The same in every run that finds the same. */
  readonly id: string;
  readonly label: string;
}

export interface SarifReport {
  readonly path: string;
  readonly stamp: string;
  readonly tools: readonly string[];
  readonly findings: readonly Finding[];
  /** Errors that the tool noted of itself, although it says that it succeeded. */
  readonly notices: number;
}

const HINT = "See the tool's own output, and run it again.";
/** Results of these kinds point at no problem (SARIF 2.1.0, 3.27.9). */
const HARMLESS = ["pass", "notApplicable", "informational"];

/** @throws SluiceError `REPORT_INVALID` where it is no SARIF 2.1.0, or the tool did not do its work. */
export function parseSarif(report: Report): SarifReport {
  const json = parseJson(report.content.replace(/^\uFEFF/, ""), report.path, "SARIF report");
  if (!isRecord(json) || !("runs" in json || "version" in json))
    throw invalid(report.path, "is JSON, but no SARIF report", "Let the tool write SARIF 2.1.0.");
  if (json["version"] !== "2.1.0") {
    throw invalid(
      report.path,
      `is SARIF of version ${text(json["version"]) ?? "unknown"}, not 2.1.0`,
      "Let the tool write SARIF 2.1.0.",
    );
  }
  const runs: readonly unknown[] = Array.isArray(json["runs"]) ? json["runs"] : [];
  if (runs.length === 0) throw invalid(report.path, "holds no run, so nothing was scanned", HINT);
  const parsed = runs.map((run, index) => parseRun(run, index, report.path));
  return {
    path: report.path,
    stamp: report.stamp,
    tools: parsed.map((run) => run.tool),
    findings: parsed.flatMap((run) => run.findings),
    notices: parsed.reduce((sum, run) => sum + run.notices, 0),
  };
}

interface ParsedRun {
  readonly tool: string;
  readonly findings: readonly Finding[];
  readonly notices: number;
}

function parseRun(run: unknown, index: number, path: string): ParsedRun {
  const which = `run ${index + 1}`;
  const driver = isRecord(run) && isRecord(run["tool"]) ? run["tool"]["driver"] : undefined;
  if (!isRecord(run) || !isRecord(driver)) throw invalid(path, `has no tool in ${which}`, HINT);
  const tool = text(driver["name"]) ?? which;
  const invocations = records(run["invocations"]);
  const broken = invocations.find((invocation) => invocation["executionSuccessful"] === false);
  if (broken !== undefined) {
    const code =
      text(broken["exitCodeDescription"]) ??
      (typeof broken["exitCode"] === "number" ? `exit code ${broken["exitCode"]}` : "");
    throw invalid(
      path,
      `says that ${tool} did not succeed${code === "" ? "" : ` (${code})`}: ${firstNotice(broken)}`,
      HINT,
    );
  }
  const results = run["results"];
  // An empty list says that nothing was found; no list says that nothing was looked for (3.14.23).
  if (!Array.isArray(results))
    throw invalid(path, `has no list of results in ${which} of ${tool}, so it did not scan`, HINT);
  const elsewhere = run["externalPropertyFileReferences"];
  if (isRecord(elsewhere) && records(elsewhere["results"]).length > 0) {
    throw invalid(
      path,
      `keeps results of ${tool} in other files, which are not read`,
      "Let the tool write one whole file.",
    );
  }
  const findings = results.flatMap((result: unknown, at) => {
    if (!isRecord(result))
      throw invalid(path, `has a malformed result ${at + 1} in ${which} of ${tool}`, HINT);
    return findingOf(result, run, tool, path);
  });
  return { tool, findings, notices: invocations.flatMap(noticesOf).length };
}

function findingOf(result: JsonRecord, run: JsonRecord, tool: string, path: string): readonly Finding[] {
  const kind = text(result["kind"]) ?? "fail";
  // A result that the tool's own baseline had and this scan has not is gone.
  if (HARMLESS.includes(kind) || result["baselineState"] === "absent") return [];
  const rule = ruleOf(result, run, path);
  const level = levelOf(result, run, rule, path);
  const message = messageOf(result);
  const place = placeOf(result);
  const prints = fingerprintsOf(result);
  return [
    {
      tool,
      rule: rule.id,
      level,
      severity: severityOf(scoreOf(result, rule), level),
      suppressed: isSuppressed(result),
      known: result["baselineState"] === "unchanged" || result["baselineState"] === "updated",
      // Without a fingerprint of the tool: not the line, which moves with every edit above it.
      id: digestOf(tool, rule.id, ...(prints.length > 0 ? [place.file, ...prints] : [place.file, message])),
      label: `${place.text === "" ? "" : `${place.text}: `}${rule.id}${message === "" ? "" : ` (${oneLine(message, 80)})`}`,
    },
  ];
}

/** Suppressed is what has suppressions, all of them accepted; a status left out is accepted (3.35.3). */
function isSuppressed(result: JsonRecord): boolean {
  const suppressions = records(result["suppressions"]);
  return suppressions.length > 0 && suppressions.every((one) => (one["status"] ?? "accepted") === "accepted");
}

function messageOf(result: JsonRecord): string {
  const message = result["message"];
  return isRecord(message)
    ? (text(message["text"]) ?? text(message["markdown"]) ?? text(message["id"]) ?? "")
    : "";
}

function placeOf(result: JsonRecord): { readonly file: string; readonly text: string } {
  const physical = records(result["locations"])[0]?.["physicalLocation"];
  const artifact = isRecord(physical) ? physical["artifactLocation"] : undefined;
  const region = isRecord(physical) ? physical["region"] : undefined;
  const file = isRecord(artifact) ? (text(artifact["uri"]) ?? "") : "";
  const line = isRecord(region) && typeof region["startLine"] === "number" ? region["startLine"] : undefined;
  return { file, text: line === undefined ? file : `${file}:${line}` };
}

function fingerprintsOf(result: JsonRecord): readonly string[] {
  for (const key of ["fingerprints", "partialFingerprints"]) {
    const prints = result[key];
    if (!isRecord(prints)) continue;
    const entries = Object.entries(prints).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    if (entries.length > 0) return entries.sort().flat();
  }
  return [];
}

function noticesOf(invocation: JsonRecord): readonly JsonRecord[] {
  const all = [
    ...records(invocation["toolExecutionNotifications"]),
    ...records(invocation["toolConfigurationNotifications"]),
  ];
  return all.filter((notice) => notice["level"] === "error");
}

function firstNotice(invocation: JsonRecord): string {
  const [first] = noticesOf(invocation);
  return first === undefined ? "it gives no reason" : messageOf(first);
}
