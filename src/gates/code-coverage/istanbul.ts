import { isRecord, parseJson, type JsonRecord } from "../_shared/json.ts";
import { invalid } from "../_shared/report-error.ts";
import type { Report } from "../_shared/reports.ts";
import {
  addHits,
  eachKind,
  noHits,
  sourcePath,
  type Count,
  type CoverageReport,
  type Counts,
  type FileHits,
} from "./model.ts";

const HINT = "Give lcov, Cobertura XML, or istanbul's coverage-summary.json or coverage-final.json.";

/** Reads `coverage-summary.json` or `coverage-final.json`, told apart by what is in them. @throws SluiceError `REPORT_INVALID` */
export function parseIstanbul(report: Report, root: string): CoverageReport {
  const json = parseJson(report.content, report.path, "coverage report");
  if (!isRecord(json)) throw invalid(report.path, "is JSON, but no coverage report", HINT);
  const common = { path: report.path, stamp: report.stamp };
  if (isRecord(json["total"]) && isRecord(json["total"]["lines"])) {
    return {
      ...common,
      format: "istanbul-summary",
      hits: new Map(),
      totals: readSummary(json, report.path, root),
    };
  }
  const hits = new Map<string, FileHits>();
  for (const [key, value] of Object.entries(json)) {
    const file = isRecord(value) && isRecord(value["data"]) ? value["data"] : value;
    if (!isRecord(file) || !isRecord(file["statementMap"]))
      throw invalid(report.path, "is JSON, but no coverage report", HINT);
    const path = typeof file["path"] === "string" ? file["path"] : key;
    hits.set(sourcePath(path, root), readFile(file, path, report.path));
  }
  return { ...common, format: "istanbul", hits, totals: new Map() };
}

function readSummary(json: JsonRecord, path: string, root: string): Map<string, Counts> {
  const files = Object.entries(json).filter(([key]) => key !== "total");
  // Totals of the whole stand only where the files are left out; `*` then stands for all of them.
  const entries = files.length === 0 ? [["*", json["total"]] as const] : files;
  const totals = new Map<string, Counts>();
  for (const [file, value] of entries) {
    if (!isRecord(value)) throw invalid(path, `has no counts for ${file}`, HINT);
    totals.set(
      file === "*" ? file : sourcePath(file, root),
      eachKind((kind) => readCount(value[kind], `${kind} of ${file === "*" ? "the whole" : file}`, path)),
    );
  }
  return totals;
}

function readCount(value: unknown, what: string, path: string): Count {
  if (!isRecord(value)) throw invalid(path, `has no counts for ${what}`, HINT);
  const { total, covered } = value;
  if (!isCount(total) || !isCount(covered) || covered > total) {
    throw invalid(path, `has impossible counts for ${what}: ${String(covered)} of ${String(total)}`, HINT);
  }
  return { covered, total };
}

/** Lines are those on which a statement starts, and as covered as the most covered of these, as istanbul counts them. */
function readFile(file: JsonRecord, source: string, path: string): FileHits {
  const hits = noHits();
  const fail = (what: string): Error => invalid(path, `has a malformed ${what} for ${source}`, HINT);
  const countsOf = (key: string): JsonRecord => {
    const counts = file[key];
    if (!isRecord(counts)) throw fail(`"${key}"`);
    return counts;
  };
  const statements = countsOf("s");
  for (const [id, place] of Object.entries(countsOf("statementMap"))) {
    const line = startLine(place);
    const count = statements[id];
    if (line === undefined || !isCount(count)) throw fail(`statement ${id}`);
    hits.lines.set(line, Math.max(hits.lines.get(line) ?? 0, count));
  }
  const calls = countsOf("f");
  for (const [id, declared] of Object.entries(countsOf("fnMap"))) {
    const count = calls[id];
    if (!isRecord(declared) || !isCount(count)) throw fail(`function ${id}`);
    addHits(hits.functions, `${id},${startLine(declared["loc"]) ?? "?"},${String(declared["name"])}`, count);
  }
  const branches = countsOf("b");
  for (const [id, declared] of Object.entries(countsOf("branchMap"))) {
    const counts = branches[id];
    if (!isRecord(declared) || !Array.isArray(counts)) throw fail(`branch ${id}`);
    for (const [index, count] of (counts as readonly unknown[]).entries()) {
      if (!isCount(count)) throw fail(`branch ${id}`);
      addHits(hits.branches, `${id},${index},${startLine(declared["loc"]) ?? "?"}`, count);
    }
  }
  return hits;
}

function startLine(place: unknown): string | undefined {
  const start = isRecord(place) ? place["start"] : undefined;
  const line = isRecord(start) ? start["line"] : undefined;
  return typeof line === "number" ? String(line) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
