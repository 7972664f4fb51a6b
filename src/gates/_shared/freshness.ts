import { SluiceError } from "../../errors/index.ts";
import { formatDuration } from "../../util/duration.ts";
import { textsOf } from "./baseline.ts";
import type { JsonRecord } from "./json.ts";
import { invalid } from "./report-error.ts";
import type { Report, ReportFile } from "./reports.ts";
import { counted, listed } from "./text.ts";

/** How old a report may be. Options of every gate that reads reports. */
export interface FreshnessSpec {
  /** Milliseconds; null is without limit. */
  readonly maxAge: number | null;
  readonly allowStale: boolean;
}

/** By report path: the stamp of the file that was judged. */
export type Stamps = Readonly<Record<string, string>>;

const MAX_STAMPS = 1_000;

/** File systems keep times less exactly than the clock: this much may be missing, in milliseconds. */
const CLOCK_SLACK = 2_000;

/**
 * Refuses reports that were last written longer than `maxAge` ago, or before the run began: another run made them.
 * @throws SluiceError `REPORT_INVALID`
 */
export function refuseOld(
  files: readonly ReportFile[],
  spec: FreshnessSpec,
  now: number,
  runStartedAt: number,
): void {
  for (const file of files) {
    const age = now - file.modified;
    if (spec.maxAge !== null && age > spec.maxAge) {
      throw invalid(
        file.path,
        `was written ${formatDuration(age)} ago, longer than the ${formatDuration(spec.maxAge)} allowed: it is not this run's`,
        "Delete old reports before the tool runs, and see that the tool writes this file.",
      );
    }
    if (!spec.allowStale && file.modified + CLOCK_SLACK < runStartedAt) {
      throw invalid(
        file.path,
        `was written ${formatDuration(runStartedAt - file.modified)} before this run began: it is not this run's`,
        "See that a job before the gate writes it; where it is meant to come from elsewhere, set allowStale: true.",
      );
    }
  }
}

/**
 * Refuses a report that an earlier accepted run judged already: the very same file, not written since. This run has then
 * not made it, and would be judged by another run's result. `baseline` is what that run kept.
 * @throws SluiceError `REPORT_INVALID`
 */
export function refuseJudged(
  reports: readonly Pick<Report, "path" | "stamp">[],
  spec: FreshnessSpec,
  baseline: JsonRecord | undefined,
  run: string,
): void {
  // A run that goes on after it was accepted, because more of it was asked for, meets its own reports.
  if (spec.allowStale || baseline === undefined || baseline["run"] === run) return;
  const before = textsOf(baseline["reports"]);
  const same = reports.filter((report) => before[report.path] === report.stamp).map((report) => report.path);
  if (same.length === 0) return;
  throw new SluiceError(
    "REPORT_INVALID",
    `${counted(same.length, "report was", "reports were")} not written by this run, but judged in the last accepted one: ${listed(same)}`,
    {
      path: same[0],
      hint: "See that the job before the gate writes them and deletes those of earlier runs; where that is meant to be so, set allowStale: true.",
    },
  );
}

/** What the baseline keeps of the reports. */
export function stampsOf(reports: readonly Pick<Report, "path" | "stamp">[]): Stamps {
  return Object.fromEntries(reports.slice(0, MAX_STAMPS).map((report) => [report.path, report.stamp]));
}
