/**
 * Checks on what a pipeline made: tests, coverage, scans, numbers, and a person's approval. A report that is missing,
 * empty or malformed fails its gate.
 *
 * @packageDocumentation
 */
export { approval, type ApprovalOptions } from "./approval.ts";
export { coverage, type CoverageKind, type CoverageOptions } from "./code-coverage/index.ts";
export { junit, type JunitOptions } from "./junit/index.ts";
export { sarif, type IgnoredRule, type SarifLevel, type SarifOptions, type Severity } from "./sarif/index.ts";
export { threshold, type ThresholdMetric, type ThresholdOptions } from "./threshold.ts";
