import { attribute, children, countAttribute, parseXml, type XmlElement } from "../_shared/xml.ts";
import { invalid } from "../_shared/report-error.ts";
import type { Report } from "../_shared/reports.ts";
import { oneLine } from "../_shared/text.ts";

/** One `<testcase>`. */
export interface TestEntry {
  /** Which `<testsuite>` element of the file it stands in: repetitions count within one only. */
  readonly suite: number;
  readonly suiteName: string;
  /** Names of the suites that it stands in, the outermost first, without the document's own. */
  readonly path: readonly string[];
  readonly className: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped" | "flaky";
}

export interface JunitReport {
  readonly path: string;
  readonly stamp: string;
  readonly entries: readonly TestEntry[];
  /** Suites that claim more failures than their test cases show. */
  readonly contradictions: readonly string[];
}

interface Walk {
  readonly file: string;
  readonly entries: TestEntry[];
  readonly contradictions: string[];
  suites: number;
}

/** What stands below an element: failures and errors in every form, and test cases. */
interface Below {
  readonly marks: number;
  readonly cases: number;
}

const OUTPUT = ["system-out", "system-err", "properties"];
const FAILED_WORDS = ["failed", "failure", "error", "broken"];
const SKIPPED_WORDS = ["skipped", "ignored", "disabled", "notrun", "pending"];

/** @throws SluiceError `REPORT_INVALID` where it is no JUnit XML, or lists no test. */
export async function parseJunit(report: Report): Promise<JunitReport> {
  const { root, element } = await parseXml(report.content, report.path, "JUnit report", OUTPUT);
  if (root !== "testsuites" && root !== "testsuite") {
    throw invalid(
      report.path,
      `is not a JUnit report: its root is <${root}>`,
      "Let the test runner write JUnit XML.",
    );
  }
  const walk: Walk = { file: report.path, entries: [], contradictions: [], suites: 0 };
  walkSuite(element, "", root === "testsuite" ? nameOf(element) : [], walk);
  if (walk.entries.length === 0 && walk.contradictions.length === 0) {
    throw invalid(
      report.path,
      "lists no test",
      "See why the test runner found none: a wrong folder, pattern or filter.",
    );
  }
  return {
    path: report.path,
    stamp: report.stamp,
    entries: walk.entries,
    contradictions: walk.contradictions,
  };
}

function walkSuite(element: XmlElement, outer: string, path: readonly string[], walk: Walk): Below {
  const suite = walk.suites++;
  const suiteName = attribute(element, "name") ?? outer;
  const place = { suite, suiteName, path };
  let marks = 0;
  let cases = 0;
  for (const one of children(element, "testcase")) {
    marks += addCase(one, place, walk);
    cases++;
  }
  for (const name of ["testsuite", "testsuites"]) {
    for (const inner of children(element, name)) {
      const below = walkSuite(inner, suiteName, [...path, ...nameOf(inner)], walk);
      marks += below.marks;
      cases += below.cases;
    }
  }
  // Some tools note a failure or an error on the suite itself, for set-up that broke.
  const own = children(element, "failure").length + children(element, "error").length;
  noteContradiction(element, suiteName, { marks, cases }, own, walk);
  return { marks: marks + own, cases };
}

function nameOf(suite: XmlElement): readonly string[] {
  const name = attribute(suite, "name") ?? "";
  return name === "" ? [] : [name];
}

function noteContradiction(element: XmlElement, name: string, below: Below, own: number, walk: Walk): void {
  const failures = countAttribute(element, "failures") ?? 0;
  const errors = countAttribute(element, "errors") ?? 0;
  const tests = countAttribute(element, "tests") ?? 0;
  const label = name === "" ? walk.file : `${walk.file}: suite ${oneLine(name)}`;
  // One direction only: several tools leave reruns and set-up failures out of the attributes.
  if (own > 0) walk.contradictions.push(`${label} broke outside of its tests`);
  else if (failures + errors > below.marks) {
    walk.contradictions.push(
      `${label} says ${failures} failures and ${errors} errors, its tests show ${below.marks}`,
    );
  } else if (tests > 0 && below.cases === 0)
    walk.contradictions.push(`${label} says ${tests} tests and lists none`);
}

/** Adds the case; gives the number of failures and errors noted on it. */
function addCase(
  element: XmlElement,
  place: Pick<TestEntry, "suite" | "suiteName" | "path">,
  walk: Walk,
): number {
  const count = (name: string): number => children(element, name).length;
  const failed = count("failure") + count("error");
  const again = count("rerunFailure") + count("rerunError");
  const flaky = count("flakyFailure") + count("flakyError");
  const word = (attribute(element, "status") ?? "").toLowerCase();
  const saysFailed = FAILED_WORDS.includes(word);
  walk.entries.push({
    ...place,
    className: attribute(element, "classname") ?? "",
    name: attribute(element, "name") ?? "(without a name)",
    outcome:
      failed + again > 0 || saysFailed
        ? "failed"
        : flaky > 0
          ? "flaky"
          : count("skipped") > 0 || SKIPPED_WORDS.includes(word)
            ? "skipped"
            : "passed",
  });
  return Math.max(failed + again + flaky, saysFailed ? 1 : 0);
}
