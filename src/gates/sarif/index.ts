import type { Check } from "../../ports/index.ts";
import { judgeSarif } from "./judge.ts";
import { resolveSarif, type SarifOptions } from "./spec.ts";

export type { IgnoredRule, SarifLevel, SarifOptions, Severity } from "./spec.ts";

/**
 * Judges scans by their SARIF 2.1.0 reports, as CodeQL, Semgrep, Snyk, Trivy and others write them.
 *
 * Results that are suppressed with acceptance, of kind `pass`, `notApplicable` or `informational`, or gone since the
 * tool's own baseline do not count. A severity comes from the CVSS score in `security-severity` (critical from 9, high
 * from 7, medium from 4, low above 0), else from the level. A report that is missing, empty, malformed, holds no run
 * or no list of results, or whose tool says that it did not succeed fails the gate.
 *
 * @throws SluiceError `DEFINITION_INVALID` where an option is wrong; when judging, `REPORT_INVALID`.
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { sarif } from "sluice/gates";
 *
 * export default pipeline({ name: "shop" }, (p) => {
 *   const scan = p.stage("scan").job("image", sh`trivy image --format sarif --output reports/image.sarif shop:next`);
 *   p.stage("judge").gate("vulnerabilities", scan, sarif({
 *     report: "reports/image.sarif",
 *     severity: "high",
 *     ignore: [{ rule: "CVE-2023-45853", reason: "minizip is not linked", until: "2027-03-31" }],
 *   }));
 * });
 * ```
 */
export function sarif(options: SarifOptions): Check<unknown> {
  return { kind: "sarif", spec: resolveSarif(options), judge: judgeSarif };
}
