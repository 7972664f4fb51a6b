import type { Check } from "../../ports/index.ts";
import { judgeCoverage } from "./judge.ts";
import { resolveCoverage, type CoverageOptions } from "./spec.ts";

export type { CoverageKind, CoverageOptions } from "./spec.ts";

/**
 * Judges how much of the code the tests cover, by lcov, Cobertura XML, or istanbul's `coverage-summary.json` or
 * `coverage-final.json`. The format is told by the content, not by the name.
 *
 * Percentages are computed from counts. Several reports are joined: the same source file in two of them is one file,
 * and a line counts as covered where either covers it. Joined branches of Cobertura are a lower bound, because that
 * format says how many branches of a line were taken, not which. A report that is missing, empty, malformed or
 * measures no line fails the gate.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong; when judging, `REPORT_INVALID`.
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { coverage } from "sluice/gates";
 *
 * export default pipeline({ name: "shop" }, (p) => {
 *   const tests = p.stage("test").job("unit", sh`npx vitest run --coverage`);
 *   p.stage("judge").gate("covered", tests, coverage({ report: "coverage/lcov.info", min: { lines: 80, branches: 70 }, maxDrop: 1 }));
 * });
 * ```
 */
export function coverage(options: CoverageOptions): Check<unknown> {
  return { kind: "coverage", spec: resolveCoverage(options), judge: judgeCoverage };
}
