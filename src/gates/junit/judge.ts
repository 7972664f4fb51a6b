import type { Figure } from "../../model/index.ts";
import type { StepContext, Verdict } from "../../ports/index.ts";
import { numbersOf, previousOf, propose } from "../_shared/baseline.ts";
import { refuseJudged, refuseOld, stampsOf } from "../_shared/freshness.ts";
import { knownOf, newAmong, type Known } from "../_shared/known.ts";
import { missed } from "../_shared/figures.ts";
import { findReports, readReports } from "../_shared/reports.ts";
import { counted, listed } from "../_shared/text.ts";
import { parseJunit } from "./parse.ts";
import type { JunitSpec } from "./spec.ts";
import { tally, type NamedTest, type Tally } from "./tally.ts";

interface Before {
  readonly known: Known;
  readonly figures: Readonly<Record<string, number>>;
}

/** Reads the reports and holds them against the limits. */
export async function judgeJunit(_subject: unknown, spec: JunitSpec, context: StepContext): Promise<Verdict> {
  const files = await findReports(spec.report, context.root, "test report");
  refuseOld(files, spec, Date.now(), context.startedAt);
  const reports = await readReports(files, context.signal, parseJunit);
  const baseline = await previousOf("junit", context);
  refuseJudged(reports, spec, baseline, context.run);
  const before = baseline && {
    known: numbersOf(baseline["failing"]),
    figures: numbersOf(baseline["figures"]),
  };
  const result = tally(reports, spec.repeats);
  context.emit({ type: "tests.reported", tests: result.names });
  const fresh = newAmong(result.failed, (test) => test.id, before?.known ?? {});
  const figures = figuresOf(spec, result, fresh, before);
  const contradictions = reports.flatMap((report) => report.contradictions);
  const summary = summaryOf(spec, { result, fresh, before, figures, contradictions, files: files.length });
  if (contradictions.length > 0 || figures.some((figure) => !figure.ok)) {
    return { outcome: "failed", figures, summary, hint: hintOf(spec, result, before, contradictions) };
  }
  propose("junit", context, {
    figures: Object.fromEntries(figures.map((figure) => [figure.name, figure.value])),
    failing: knownOf(result.failed.map((test) => test.id)),
    reports: stampsOf(reports),
  });
  return { outcome: "passed", figures, summary };
}

function figuresOf(
  spec: JunitSpec,
  result: Tally,
  fresh: readonly NamedTest[],
  before: Before | undefined,
): readonly Figure[] {
  const figure = (name: string, value: number, limits: { min?: number; max?: number | null }): Figure => {
    const { min, max } = limits;
    const previous = before?.figures[name];
    return {
      name,
      value,
      unit: "tests",
      ...(min === undefined ? {} : { min }),
      ...(max === undefined || max === null ? {} : { max }),
      ...(previous === undefined ? {} : { previous }),
      ok: value >= (min ?? 0) && value <= (max ?? Infinity),
    };
  };
  return [
    figure("tests run", result.passed + result.failed.length, { min: spec.minTests }),
    figure("failures", result.failed.length, spec.newFailuresOnly ? {} : { max: spec.maxFailures }),
    ...(spec.newFailuresOnly ? [figure("new failures", fresh.length, { max: spec.maxFailures })] : []),
    figure("flaky", result.flaky.length, { max: spec.maxFlaky }),
    figure("skipped", result.skipped, { max: spec.maxSkipped }),
  ];
}

interface Judged {
  readonly result: Tally;
  readonly fresh: readonly NamedTest[];
  readonly before: Before | undefined;
  readonly figures: readonly Figure[];
  readonly contradictions: readonly string[];
  readonly files: number;
}

function summaryOf(spec: JunitSpec, judged: Judged): string {
  const { result, fresh, before, contradictions } = judged;
  const labels = (tests: readonly NamedTest[]): string => listed(tests.map((test) => test.label));
  const ran = result.passed + result.failed.length;
  const parts = [
    `${counted(ran, "test")} ran (${counted(judged.files, "report")})`,
    ...missed(judged.figures),
  ];
  if (spec.newFailuresOnly && before === undefined) {
    parts.push("no accepted run to compare with, so every failure counts as new");
  }
  const [word, named] =
    spec.newFailuresOnly && fresh.length > 0 ? ["newly failed", fresh] : ["failed", result.failed];
  if (named.length > 0) parts.push(`${word}: ${labels(named)}`);
  if (result.flaky.length > 0) parts.push(`flaky: ${labels(result.flaky)}`);
  if (contradictions.length > 0) parts.push(`contradictory: ${listed(contradictions, 3, "; ")}`);
  return parts.join("; ");
}

function hintOf(
  spec: JunitSpec,
  result: Tally,
  before: Before | undefined,
  contradictions: readonly string[],
): string {
  if (contradictions.length > 0 && result.failed.length === 0) {
    return "Something failed that is no test, most often a file that did not load or a set-up that broke: see the test runner's own output.";
  }
  if (spec.newFailuresOnly && before === undefined && result.failed.length > 0) {
    return `Make the tests pass, or accept what fails today as the baseline by one run with maxFailures: ${result.failed.length}.`;
  }
  if (result.failed.length > 0)
    return `Run the failed tests and see ${spec.report.join(", ")} for their messages.`;
  return "See which limit was missed and either mend the tests or change the limit.";
}
