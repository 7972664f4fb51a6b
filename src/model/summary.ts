import type { ErrorCode } from "../errors/index.ts";
import type { RunState } from "./event.ts";

/** The version of {@link RunSummary}'s form. */
export const SUMMARY_VERSION = 1;

/** What figures over many runs are made from: one run in short. */
export interface RunSummary {
  readonly version: typeof SUMMARY_VERSION;
  readonly run: string;
  readonly pipeline: string;
  readonly fingerprint: string;
  /** Null outside a git checkout. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** Whether the work tree had changes that are not in the commit; null where that is not known. */
  readonly dirty: boolean | null;
  readonly state: RunState;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly duration: number;
  /**
   * By node id. Only what was found out in this run: nodes that did not run, whose result came from the cache or from
   * another run, and gates at which a person decides, are left out.
   */
  readonly nodes: { readonly [node: string]: NodeSummary };
}

export interface NodeSummary {
  readonly state: "succeeded" | "failed" | "cancelled";
  /** Those before the run was resumed too, where they were made on the same commit and nothing else. */
  readonly attempts: number;
  /** Milliseconds of the last attempt. */
  readonly duration: number;
  readonly code?: ErrorCode;
  /** The tests that it reported, where it is a gate on test results. */
  readonly tests?: TestRecord;
}

/**
 * Full names of tests by how they ended; the same test is named once, and skipped ones not at all. Where there are very
 * many, `#` and a short digest stands for a name.
 */
export interface TestNames {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Failed first and passed when they were tried again, within one report. */
  readonly flaky: readonly string[];
}

/** {@link TestNames} as they are kept of each run: a test that passes is of interest only where it also fails. */
export interface TestRecord {
  /** The digests of the names, 8 characters each, sorted, one after the other. */
  readonly passed: string;
  readonly failed: readonly string[];
  readonly flaky: readonly string[];
}
