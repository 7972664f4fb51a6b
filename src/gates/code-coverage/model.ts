import { posix } from "node:path";
import { invalid } from "../_shared/report-error.ts";
import { COVERAGE_KINDS, type CoverageKind } from "./spec.ts";

/** Hits of one source file. Keys need only be the same for the same thing in every report of one tool. */
export interface FileHits {
  readonly lines: Map<string, number>;
  readonly branches: Map<string, number>;
  readonly functions: Map<string, number>;
}

export interface Count {
  readonly covered: number;
  readonly total: number;
}
export type Counts = Readonly<Record<CoverageKind, Count>>;

/** What one report says: hits by source file, or only totals. */
export interface CoverageReport {
  readonly format: "lcov" | "cobertura" | "istanbul" | "istanbul-summary";
  readonly path: string;
  readonly stamp: string;
  readonly hits: ReadonlyMap<string, FileHits>;
  /** By source file; such counts cannot be joined with another report's counts of the same file. */
  readonly totals: ReadonlyMap<string, Counts>;
}

export function noHits(): FileHits {
  return { lines: new Map(), branches: new Map(), functions: new Map() };
}

export function addHits(hits: Map<string, number>, key: string, count: number): void {
  hits.set(key, (hits.get(key) ?? 0) + count);
}

/** A source's path in one form, relative to the root where it lies below it. */
export function sourcePath(path: string, root: string): string {
  const plain = posix.normalize(path.replaceAll("\\", "/"));
  const base = `${posix.normalize(root.replaceAll("\\", "/")).replace(/\/$/, "")}/`;
  return plain.startsWith(base) ? plain.slice(base.length) : plain;
}

/**
 * Adds up all reports. The same file in several reports is one file: its hits are added line by line, so that a line
 * counts as covered where any report covers it. @throws SluiceError `REPORT_INVALID` where only totals are given twice
 */
export function mergeCounts(reports: readonly CoverageReport[]): Counts {
  const hits = new Map<string, FileHits>();
  const totals = new Map<string, Counts>();
  for (const report of reports) {
    for (const [file, own] of report.hits) {
      const all = hits.get(file) ?? noHits();
      hits.set(file, all);
      for (const kind of COVERAGE_KINDS) for (const [key, count] of own[kind]) addHits(all[kind], key, count);
    }
    for (const [file, own] of report.totals) {
      if (totals.has(file)) throw cannotJoin(report.path, file);
      totals.set(file, own);
    }
  }
  for (const report of reports)
    for (const file of report.totals.keys()) if (hits.has(file)) throw cannotJoin(report.path, file);
  const counts = [...[...hits.values()].map(countHits), ...totals.values()];
  return eachKind((kind) => ({
    covered: counts.reduce((sum, one) => sum + one[kind].covered, 0),
    total: counts.reduce((sum, one) => sum + one[kind].total, 0),
  }));
}

export function countHits(hits: FileHits): Counts {
  return eachKind((kind) => {
    let covered = 0;
    for (const count of hits[kind].values()) if (count > 0) covered++;
    return { covered, total: hits[kind].size };
  });
}

export function eachKind<T>(of: (kind: CoverageKind) => T): Readonly<Record<CoverageKind, T>> {
  return { lines: of("lines"), branches: of("branches"), functions: of("functions") };
}

function cannotJoin(path: string, file: string): Error {
  return invalid(
    path,
    `gives only totals for ${file}, which another report covers as well: totals of the same file cannot be joined`,
    "Judge lcov.info or coverage-final.json instead, or one summary alone.",
  );
}
