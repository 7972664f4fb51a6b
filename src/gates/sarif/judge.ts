import type { Figure } from "../../model/index.ts";
import type { StepContext, Verdict } from "../../ports/index.ts";
import { numbersOf, previousOf, propose } from "../_shared/baseline.ts";
import { refuseJudged, refuseOld, stampsOf } from "../_shared/freshness.ts";
import { knownOf, newAmong } from "../_shared/known.ts";
import { missed } from "../_shared/figures.ts";
import { findReports, readReports } from "../_shared/reports.ts";
import { counted, listed } from "../_shared/text.ts";
import { ignoredBy, type Ignoring } from "./ignore.ts";
import { parseSarif, type Finding } from "./parse.ts";
import { SARIF_LEVELS, SEVERITIES, type SarifSpec } from "./spec.ts";

/** Reads the reports and holds their results against the limit. */
export async function judgeSarif(_subject: unknown, spec: SarifSpec, context: StepContext): Promise<Verdict> {
  const files = await findReports(spec.report, context.root, "SARIF report");
  refuseOld(files, spec, Date.now(), context.startedAt);
  const reports = await readReports(files, context.signal, parseSarif);
  const baseline = await previousOf("sarif", context);
  refuseJudged(reports, spec, baseline, context.run);
  const all = reports.flatMap((report) => report.findings);
  const ignoring = ignoredBy(
    spec.ignore,
    all.filter((finding) => !finding.suppressed),
    Date.now(),
  );
  const fresh = newAmong(ignoring.left, (finding) => finding.id, numbersOf(baseline?.["findings"]));
  const judged = spec.newOnly ? fresh.filter((finding) => !finding.known) : ignoring.left;
  const suppressed = all.filter((finding) => finding.suppressed).length;
  const figures = [
    ...limitedFigures(spec, judged, numbersOf(baseline?.["figures"])),
    { name: "suppressed", value: suppressed, unit: "results", ok: true },
    { name: "ignored", value: ignoring.ignored.length, unit: "results", ok: true },
  ];
  const tools = [...new Set(reports.flatMap((report) => report.tools))];
  const summary = [
    `${counted(all.length, "result")} in ${counted(files.length, "report")} (${listed(tools, 3)})`,
    ...missed(figures),
    ...notesOf(
      spec,
      baseline === undefined,
      ignoring,
      suppressed,
      reports.reduce((sum, report) => sum + report.notices, 0),
    ),
  ];
  const over = figures.filter((figure) => !figure.ok);
  if (over.length > 0) {
    const worst = judged.filter((finding) => over.some((figure) => nameOf(finding, spec) === figure.name));
    summary.push(
      listed(
        worst.map((finding) => finding.label),
        5,
        "; ",
      ),
    );
    return {
      outcome: "failed",
      figures,
      summary: summary.join("; "),
      hint: "Mend them, or accept a rule for a time with ignore: [{ rule, reason, until }].",
    };
  }
  propose("sarif", context, {
    figures: Object.fromEntries(figures.map((figure) => [figure.name, figure.value])),
    findings: knownOf(ignoring.left.map((finding) => finding.id)),
    reports: stampsOf(reports),
  });
  return { outcome: "passed", figures, summary: summary.join("; ") };
}

/** Under which figure a finding counts. */
function nameOf(finding: Finding, spec: SarifSpec): string {
  return spec.limit.by === "level" ? `${finding.level}s` : (finding.severity ?? "none");
}

function limitedFigures(
  spec: SarifSpec,
  judged: readonly Finding[],
  before: Readonly<Record<string, number>>,
): readonly Figure[] {
  const { limit } = spec;
  const limits: readonly (readonly [string, number | undefined])[] =
    limit.by === "level"
      ? SARIF_LEVELS.map((level) => [`${level}s`, limit.max[level]])
      : SEVERITIES.map((severity, rank) => [
          severity,
          rank <= SEVERITIES.indexOf(limit.severity) ? 0 : undefined,
        ]);
  return limits.map(([name, max]) => {
    const value = judged.filter((finding) => nameOf(finding, spec) === name).length;
    const previous = before[name];
    return {
      name,
      value,
      unit: "results",
      ...(max === undefined ? {} : { max }),
      ...(previous === undefined ? {} : { previous }),
      ok: value <= (max ?? Infinity),
    };
  });
}

function notesOf(
  spec: SarifSpec,
  first: boolean,
  ignoring: Ignoring,
  suppressed: number,
  notices: number,
): readonly string[] {
  return [
    ...(spec.newOnly
      ? [first ? "no accepted run to compare with, so every result counts as new" : "only new results count"]
      : []),
    ...(ignoring.expired.length > 0
      ? [`no longer ignored: ${listed(ignoring.expired.map((one) => `${one.rule} (until ${one.until})`))}`]
      : []),
    ...(ignoring.unused.length > 0
      ? [`ignored without a result: ${listed(ignoring.unused.map((one) => one.rule))}`]
      : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(ignoring.ignored.length > 0 ? [`${ignoring.ignored.length} ignored`] : []),
    ...(notices > 0 ? [`the tools note ${counted(notices, "error")} of their own`] : []),
  ];
}
