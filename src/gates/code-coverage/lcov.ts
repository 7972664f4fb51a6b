import { invalid } from "../_shared/report-error.ts";
import type { Report } from "../_shared/reports.ts";
import { addHits, noHits, sourcePath, type CoverageReport, type FileHits } from "./model.ts";

const HINT = "It may have been cut off while it was written: run the tool that writes it again.";

/** One `SF` … `end_of_record` section. */
interface Section {
  readonly source: string;
  readonly hits: FileHits;
  /** Lines of functions, by the name (`FN`) or index (`FNL`) that hits refer to. Names may repeat in one file. */
  readonly functions: Map<string, string[]>;
  readonly claimed: Map<string, number>;
}

/**
 * Reads lcov's trace format (geninfo(1) of LCOV 1.x and 2.x). Percentages come from `DA`, `BRDA` and `FNDA`; the
 * totals `LF`, `BRF` and `FNF` only have to agree that there is something. @throws SluiceError `REPORT_INVALID`
 */
export function parseLcov(report: Report, root: string): CoverageReport {
  const hits = new Map<string, FileHits>();
  let section: Section | undefined;
  let number = 0;
  for (const raw of report.content.split("\n")) {
    number++;
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const fail = (problem: string): Error =>
      invalid(report.path, `is broken lcov in line ${number}: ${problem}`, HINT);
    if (line === "end_of_record") {
      if (section === undefined) throw fail("end_of_record without SF");
      refuseTotalsOnly(section, fail);
      section = undefined;
      continue;
    }
    const colon = line.indexOf(":");
    const key = line.slice(0, colon);
    if (colon === -1 || !/^[A-Z]{2,6}$/.test(key)) throw fail(`"${line}" is no record`);
    const value = line.slice(colon + 1);
    if (key === "SF") {
      if (section !== undefined) throw fail(`SF before the end_of_record of ${section.source}`);
      const source = sourcePath(value, root);
      const own = hits.get(source) ?? noHits();
      hits.set(source, own);
      section = { source, hits: own, functions: new Map(), claimed: new Map() };
    } else if (section !== undefined) {
      readRecord(section, key, value, fail);
    } else if (key !== "TN") {
      throw fail(`${key} outside of a section`);
    }
  }
  if (section !== undefined) throw invalid(report.path, `ends within the section of ${section.source}`, HINT);
  return { format: "lcov", path: report.path, stamp: report.stamp, hits, totals: new Map() };
}

function readRecord(section: Section, key: string, value: string, fail: (problem: string) => Error): void {
  const parts = value.split(",");
  const [a = "", b = ""] = parts;
  const count = (text: string): number => {
    if (!/^\d+(?:\.\d+)?(?:e\+?\d+)?$/i.test(text)) throw fail(`"${text}" is no number of hits`);
    return Number(text);
  };
  const line = (text: string): string => {
    if (!/^\d+$/.test(text)) throw fail(`"${text}" is no line number`);
    return text;
  };
  switch (key) {
    case "DA":
      return addHits(section.hits.lines, line(a), count(b));
    case "BRDA": {
      // A branch's name may hold commas; `-` says that its line was never reached.
      const taken = parts.at(-1) ?? "";
      if (parts.length < 4) throw fail("BRDA needs a line, a block, a branch and its hits");
      const id = `${line(a)},${parts.slice(1, -1).join(",")}`;
      return addHits(section.hits.branches, id, taken === "-" ? 0 : count(taken));
    }
    case "FN": {
      // LCOV 2.x puts the last line before the name.
      const name = /^\d+$/.test(b) && parts.length > 2 ? parts.slice(2).join(",") : parts.slice(1).join(",");
      return declare(section, name, line(a), `${a},${name}`);
    }
    case "FNDA": {
      const name = parts.slice(1).join(",");
      return addHits(section.hits.functions, `${nextLine(section, name)},${name}`, count(a));
    }
    case "FNL":
      return declare(section, `#${a}`, line(b), undefined);
    case "FNA": {
      const name = parts.slice(2).join(",");
      return addHits(
        section.hits.functions,
        `${section.functions.get(`#${a}`)?.[0] ?? "?"},${name}`,
        count(b),
      );
    }
    case "LF":
    case "BRF":
    case "FNF":
      section.claimed.set(key, count(a));
      return;
  }
}

function declare(section: Section, name: string, line: string, id: string | undefined): void {
  const lines = section.functions.get(name) ?? [];
  section.functions.set(name, [...lines, line]);
  if (id !== undefined) addHits(section.hits.functions, id, 0);
}

/** Functions of one name get their hits in the order in which they were declared. */
function nextLine(section: Section, name: string): string {
  const [next, ...rest] = section.functions.get(name) ?? [];
  if (next === undefined) return "?";
  section.functions.set(name, [...rest, next]);
  return next;
}

function refuseTotalsOnly(section: Section, fail: (problem: string) => Error): void {
  const detail = { LF: section.hits.lines, BRF: section.hits.branches, FNF: section.hits.functions };
  for (const [key, hits] of Object.entries(detail)) {
    const claimed = section.claimed.get(key) ?? 0;
    if (claimed > 0 && hits.size === 0)
      throw fail(`${section.source} says ${key}:${claimed} and lists none of them`);
  }
}
