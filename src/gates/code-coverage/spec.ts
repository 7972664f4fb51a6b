import type { Duration } from "../../util/duration.ts";
import type { FreshnessSpec } from "../_shared/freshness.ts";
import { OptionProblems } from "../_shared/options.ts";

/** What coverage is measured of. */
export type CoverageKind = "lines" | "branches" | "functions";
export const COVERAGE_KINDS: readonly CoverageKind[] = ["lines", "branches", "functions"];

/** Options of {@link coverage}. At least one of `min` and `maxDrop` is needed. */
export interface CoverageOptions {
  /** Paths or globs of lcov, Cobertura or istanbul reports, relative to the root. Each must match at least one file. */
  readonly report: string | readonly string[];
  /** Per cent that must be covered, above 0 to 100. A number alone is for lines. */
  readonly min?: number | Readonly<Partial<Record<CoverageKind, number>>>;
  /** Percentage points that it may be below the last accepted run. A number alone is for lines. */
  readonly maxDrop?: number | Readonly<Partial<Record<CoverageKind, number>>>;
  /** How long ago a report may have been written. @defaultValue no limit */
  readonly maxAge?: Duration;
  /** Accepts a report that the last accepted run has judged already. @defaultValue false */
  readonly allowStale?: boolean;
}

type PerKind = Readonly<Partial<Record<CoverageKind, number>>>;

export interface CoverageSpec extends FreshnessSpec {
  readonly report: readonly string[];
  readonly min: PerKind;
  readonly maxDrop: PerKind;
}

const KEYS = ["report", "min", "maxDrop", "maxAge", "allowStale"] satisfies (keyof CoverageOptions)[];

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveCoverage(options: CoverageOptions): CoverageSpec {
  const problems = new OptionProblems("coverage");
  problems.keys(options, KEYS);
  problems.throwIfAny();
  const spec: CoverageSpec = {
    report: problems.reports(options.report),
    min: perKind("min", options.min, problems, { above: 0, max: 100 }),
    maxDrop: perKind("maxDrop", options.maxDrop, problems, { min: 0, max: 100 }),
    maxAge: problems.duration("maxAge", options.maxAge) ?? null,
    allowStale: options.allowStale ?? false,
  };
  problems.flag("allowStale", options.allowStale);
  if (Object.keys(spec.min).length === 0 && Object.keys(spec.maxDrop).length === 0) {
    problems.add(
      "there is no limit, so it would accept everything",
      "Give min, for example min: 80, or maxDrop.",
    );
  }
  problems.throwIfAny();
  return spec;
}

function perKind(
  name: string,
  value: CoverageOptions["min"],
  problems: OptionProblems,
  bounds: { min?: number; above?: number; max: number },
): PerKind {
  if (value === undefined) return {};
  if (typeof value !== "object") {
    problems.number(name, value, bounds);
    return { lines: value };
  }
  if (!problems.keys(value, COVERAGE_KINDS, name)) return {};
  const given: Partial<Record<CoverageKind, number>> = {};
  for (const kind of COVERAGE_KINDS) {
    const limit = value[kind];
    problems.number(`${name}.${kind}`, limit, bounds);
    if (limit !== undefined) given[kind] = limit;
  }
  return given;
}
