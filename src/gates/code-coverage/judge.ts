import type { Figure } from "../../model/index.ts";
import type { StepContext, Verdict } from "../../ports/index.ts";
import { numbersOf, previousOf, propose } from "../_shared/baseline.ts";
import { boundsOf, within } from "../_shared/drop.ts";
import { refuseJudged, refuseOld, stampsOf } from "../_shared/freshness.ts";
import { invalid } from "../_shared/report-error.ts";
import { missed } from "../_shared/figures.ts";
import { findReports, readReports, type Report } from "../_shared/reports.ts";
import { counted } from "../_shared/text.ts";
import { parseCobertura } from "./cobertura.ts";
import { parseIstanbul } from "./istanbul.ts";
import { parseLcov } from "./lcov.ts";
import { countHits, mergeCounts, type CoverageReport, type Counts } from "./model.ts";
import { COVERAGE_KINDS, type CoverageSpec } from "./spec.ts";

/** Reads the reports, joins them and holds the percentages against the limits. */
export async function judgeCoverage(
  _subject: unknown,
  spec: CoverageSpec,
  context: StepContext,
): Promise<Verdict> {
  const files = await findReports(spec.report, context.root, "coverage report");
  refuseOld(files, spec, Date.now(), context.startedAt);
  const reports = await readReports(files, context.signal, (report) => parseCoverage(report, context.root));
  const baseline = await previousOf("coverage", context);
  refuseJudged(reports, spec, baseline, context.run);
  const counts = mergeCounts(reports);
  const before = numbersOf(baseline?.["percent"]);
  const figures = figuresOf(spec, counts, before, spec.report.join(", "));
  const alone = Object.keys(spec.maxDrop).filter((kind) => before[kind] === undefined);
  const { covered, total } = counts.lines;
  const summary = [
    `${covered} of ${counted(total, "line")} covered (${counted(files.length, "report")})`,
    ...missed(figures),
    ...(alone.length > 0 ? [`no accepted run to compare ${alone.join(" and ")} with`] : []),
  ].join("; ");
  if (figures.some((figure) => !figure.ok)) {
    return {
      outcome: "failed",
      figures,
      summary,
      hint: "Test what is not covered, or see what was taken out of the tests.",
    };
  }
  propose("coverage", context, {
    percent: Object.fromEntries(figures.map((figure) => [figure.name, figure.value])),
    reports: stampsOf(reports),
  });
  return { outcome: "passed", figures, summary };
}

/** Reads one report, in whatever format its content is. @throws SluiceError `REPORT_INVALID` */
export async function parseCoverage(report: Report, root: string): Promise<CoverageReport> {
  const parsed = await parseByContent(report, root);
  const counts = [...[...parsed.hits.values()].map(countHits), ...parsed.totals.values()];
  if (counts.every((one) => one.lines.total === 0)) {
    throw invalid(
      report.path,
      "measures no line",
      "See that the tool instruments the sources: a wrong include pattern, or no test ran.",
    );
  }
  return parsed;
}

async function parseByContent(report: Report, root: string): Promise<CoverageReport> {
  const start = report.content.replace(/^\uFEFF/, "").trimStart();
  if (start.startsWith("<")) return parseCobertura(report, root);
  if (start.startsWith("{")) return parseIstanbul(report, root);
  if (/^(?:#.*\n|\s)*(?:TN|SF):/.test(start)) return parseLcov(report, root);
  throw invalid(
    report.path,
    "is neither lcov, nor Cobertura XML, nor istanbul's JSON",
    "See what wrote it: something else may have been saved under its name.",
  );
}

function figuresOf(
  spec: CoverageSpec,
  counts: Counts,
  before: Readonly<Record<string, number>>,
  reports: string,
): readonly Figure[] {
  return COVERAGE_KINDS.flatMap((name) => {
    const { covered, total } = counts[name];
    const limited = spec.min[name] !== undefined || spec.maxDrop[name] !== undefined;
    if (total === 0) {
      if (!limited) return [];
      throw invalid(
        reports,
        `measures no ${name}, so they cannot be judged`,
        `Let the tool measure ${name}, or leave out their limit.`,
      );
    }
    const value = (100 * covered) / total;
    const previous = before[name];
    const bounds = boundsOf({ min: spec.min[name], maxDrop: spec.maxDrop[name] }, previous);
    return [
      {
        name,
        value,
        unit: "%",
        ...bounds,
        ...(previous === undefined ? {} : { previous }),
        ok: within(value, bounds),
      },
    ];
  });
}
