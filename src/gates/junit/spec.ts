import type { Duration } from "../../util/duration.ts";
import type { FreshnessSpec } from "../_shared/freshness.ts";
import { OptionProblems } from "../_shared/options.ts";

/** Options of {@link junit}. */
export interface JunitOptions {
  /** Paths or globs of JUnit XML files, relative to the root. Each must match at least one file. */
  readonly report: string | readonly string[];
  /** How many tests may fail; with `newFailuresOnly`, how many may fail anew. @defaultValue 0 */
  readonly maxFailures?: number;
  /** Counts only tests that did not fail in the last accepted run. @defaultValue false */
  readonly newFailuresOnly?: boolean;
  /** How many tests may fail first and pass when tried again. @defaultValue no limit; they are named in the summary */
  readonly maxFlaky?: number;
  /** How many tests may be skipped. @defaultValue no limit */
  readonly maxSkipped?: number;
  /** How many tests must have run; skipped ones have not. At least 1. @defaultValue 1 */
  readonly minTests?: number;
  /**
   * What it means that a suite lists the same test again: `"rerun"` takes a failure followed by a pass for one flaky
   * test, as gotestsum and Gradle write it; `"separate"` takes them for different tests of one name.
   * @defaultValue `"rerun"`
   */
  readonly repeats?: "rerun" | "separate";
  /** How long ago a report may have been written. @defaultValue no limit */
  readonly maxAge?: Duration;
  /** Accepts a report that the last accepted run has judged already. @defaultValue false */
  readonly allowStale?: boolean;
}

export interface JunitSpec extends FreshnessSpec {
  readonly report: readonly string[];
  readonly maxFailures: number;
  readonly newFailuresOnly: boolean;
  readonly maxFlaky: number | null;
  readonly maxSkipped: number | null;
  readonly minTests: number;
  readonly repeats: "rerun" | "separate";
}

const KEYS = [
  "report",
  "maxFailures",
  "newFailuresOnly",
  "maxFlaky",
  "maxSkipped",
  "minTests",
  "repeats",
  "maxAge",
  "allowStale",
] satisfies (keyof JunitOptions)[];

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveJunit(options: JunitOptions): JunitSpec {
  const problems = new OptionProblems("junit");
  problems.keys(options, KEYS);
  problems.throwIfAny();
  problems.count("maxFailures", options.maxFailures);
  problems.count("maxFlaky", options.maxFlaky);
  problems.count("maxSkipped", options.maxSkipped);
  problems.count("minTests", options.minTests, 1);
  problems.flag("newFailuresOnly", options.newFailuresOnly);
  problems.flag("allowStale", options.allowStale);
  problems.oneOf("repeats", options.repeats, ["rerun", "separate"]);
  const spec: JunitSpec = {
    report: problems.reports(options.report),
    maxFailures: options.maxFailures ?? 0,
    newFailuresOnly: options.newFailuresOnly ?? false,
    maxFlaky: options.maxFlaky ?? null,
    maxSkipped: options.maxSkipped ?? null,
    minTests: options.minTests ?? 1,
    repeats: options.repeats ?? "rerun",
    maxAge: problems.duration("maxAge", options.maxAge) ?? null,
    allowStale: options.allowStale ?? false,
  };
  problems.throwIfAny();
  return spec;
}
