import type { Check } from "../../ports/index.ts";
import { judgeJunit } from "./judge.ts";
import { resolveJunit, type JunitOptions } from "./spec.ts";

export type { JunitOptions } from "./spec.ts";

/**
 * Judges tests by their JUnit XML reports, as jest-junit, vitest, pytest, Maven Surefire, Gradle, go-junit-report and
 * gotestsum write them.
 *
 * Tests are counted from the test cases, never taken from a suite's attributes; a suite that claims failures which its
 * test cases do not show fails the gate. A report that is missing, empty, malformed or lists no test fails the gate,
 * and so does one that the last accepted run judged already (see `allowStale`).
 *
 * A report tells only what the runner wrote into it: keep the test job's exit code as well. jest-junit leaves out
 * files that did not load unless its `reportTestSuiteErrors` is set, and vitest leaves out unhandled errors.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong; when judging, `REPORT_INVALID`.
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { junit } from "sluice/gates";
 *
 * export default pipeline({ name: "shop" }, (p) => {
 *   const tests = p.stage("test").job("unit", sh`npx vitest run --reporter=junit --outputFile=reports/unit.xml`);
 *   p.stage("judge").gate("tests", tests, junit({ report: "reports/*.xml", minTests: 100, maxFlaky: 3 }));
 * });
 * ```
 */
export function junit(options: JunitOptions): Check<unknown> {
  return { kind: "junit", spec: resolveJunit(options), judge: judgeJunit };
}
