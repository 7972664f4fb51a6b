import type { ErrorCode, SourceLocation } from "../errors/index.ts";

/** Why a node or run did not succeed, as data, masked. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly class: FailureClass;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly source?: SourceLocation;
}

/** What retry classes are matched against. `refused` is a gate's or judge's no, and is never retried. */
export type FailureClass = "exit" | "timeout" | "infrastructure" | "error" | "refused" | "cancelled";
