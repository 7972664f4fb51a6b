import { posix } from "node:path";
import { invalid } from "../_shared/report-error.ts";
import type { Report } from "../_shared/reports.ts";
import { attribute, children, countAttribute, parseXml, textOf, type XmlElement } from "../_shared/xml.ts";
import { addHits, noHits, sourcePath, type CoverageReport, type FileHits } from "./model.ts";

const HINT = "Give lcov, Cobertura XML, or istanbul's coverage-summary.json or coverage-final.json.";

/** Reads Cobertura XML (coverage-04.dtd). @throws SluiceError `REPORT_INVALID` */
export async function parseCobertura(report: Report, root: string): Promise<CoverageReport> {
  const document = await parseXml(report.content, report.path, "coverage report");
  const packages = children(document.element, "packages");
  if (document.root !== "coverage" || packages.length === 0) {
    throw invalid(
      report.path,
      `is XML of another kind: its root is <${document.root}>, and Cobertura's packages are missing`,
      HINT,
    );
  }
  const base = onlySource(document.element);
  const hits = new Map<string, FileHits>();
  const all = packages.flatMap((one) => children(one, "package"));
  for (const one of all
    .flatMap((pack) => children(pack, "classes"))
    .flatMap((classes) => children(classes, "class"))) {
    const filename = attribute(one, "filename");
    if (filename === undefined || filename === "")
      throw invalid(report.path, "has a class without a filename", HINT);
    const source = sourcePath(
      base === undefined ? filename : posix.resolve(base, filename.replaceAll("\\", "/")),
      root,
    );
    const own = hits.get(source) ?? noHits();
    hits.set(source, own);
    readClass(one, own, report.path);
  }
  return { format: "cobertura", path: report.path, stamp: report.stamp, hits, totals: new Map() };
}

/** The folder that file names are relative to. With several there is no telling which. */
function onlySource(coverage: XmlElement): string | undefined {
  const sources = children(coverage, "sources").flatMap((one) => children(one, "source"));
  const [first, second] = sources.map((one) => textOf(one).trim());
  return second === undefined && first?.startsWith("/") === true ? first : undefined;
}

function readClass(element: XmlElement, hits: FileHits, file: string): void {
  const methods = children(element, "methods").flatMap((one) => children(one, "method"));
  const ofMethods = methods.flatMap(linesOf);
  const ofClass = linesOf(element);
  // A class lists the lines of its methods once more; some tools leave one of the two lists empty.
  for (const line of ofClass.length > 0 ? ofClass : ofMethods) {
    const number = countAttribute(line, "number");
    const count = countAttribute(line, "hits");
    if (number === undefined || count === undefined) {
      throw invalid(
        file,
        `has a line without a number or hits in class ${attribute(element, "name") ?? "?"}`,
        HINT,
      );
    }
    addHits(hits.lines, String(number), count);
    readBranches(line, number, hits, file);
  }
  for (const method of methods) {
    const lines = linesOf(method);
    const called =
      countAttribute(method, "hits") ??
      Math.max(0, ...lines.map((line) => countAttribute(line, "hits") ?? 0));
    if (lines.length === 0 && attribute(method, "hits") === undefined) continue;
    const name = [attribute(element, "name"), attribute(method, "name"), attribute(method, "signature")].join(
      " ",
    );
    addHits(hits.functions, `${attribute(lines[0] ?? "", "number") ?? "?"} ${name}`, called);
  }
}

function linesOf(element: XmlElement): readonly XmlElement[] {
  return children(element, "lines").flatMap((one) => children(one, "line"));
}

/**
 * `condition-coverage="50% (1/2)"` says how many, not which. Two reports that cover different halves of a line
 * therefore count as one half: joined branch coverage is never more than the truth.
 */
function readBranches(line: XmlElement, number: number, hits: FileHits, file: string): void {
  if (attribute(line, "branch")?.toLowerCase() !== "true") return;
  const text = attribute(line, "condition-coverage");
  const [, covered, total] = /\((\d+)\/(\d+)\)/.exec(text ?? "") ?? [];
  if (
    covered === undefined ||
    total === undefined ||
    Number(covered) > Number(total) ||
    Number(total) > 100_000
  ) {
    throw invalid(
      file,
      `has a branch in line ${number} without counts (condition-coverage="${text ?? ""}")`,
      HINT,
    );
  }
  for (let index = 0; index < Number(total); index++) {
    addHits(hits.branches, `${number},${index}`, index < Number(covered) ? 1 : 0);
  }
}
