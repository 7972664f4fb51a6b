import { codeOf, isSluiceError } from "../errors/index.ts";
import type { Failure, FailureClass, PlanNode, RetryClass } from "../model/index.ts";

const REFUSED = new Set(["GATE_FAILED", "ROLLED_BACK", "ROLLOUT_HELD", "EVIDENCE_MISSING"]);
const INFRASTRUCTURE = new Set([
  "COMMAND_NOT_FOUND",
  "STATE_UNWRITABLE",
  "METRICS_UNAVAILABLE",
  "TARGET_BUSY",
]);
/** System errors that another try may not meet. */
const TRANSIENT = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ETIMEDOUT",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAGAIN",
  "EMFILE",
  "ENFILE",
  "ENOSPC",
]);

/** A thrown thing as recorded data: masked, and told apart by class. */
export function toFailure(error: unknown, node: PlanNode, mask: (text: string) => string): Failure {
  const known = isSluiceError(error) ? error : undefined;
  const source = known?.at ?? node.source ?? undefined;
  const { exitCode, signal } = (error ?? {}) as { exitCode?: unknown; signal?: unknown };
  return {
    code: known?.code ?? "JOB_THREW",
    message: mask(messageOf(error)),
    ...(known?.hint === undefined ? {} : { hint: mask(known.hint) }),
    class: classOf(error),
    ...(typeof exitCode === "number" ? { exitCode } : {}),
    ...(typeof signal === "string" ? { signal } : {}),
    ...(source === undefined ? {} : { source }),
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    const json: unknown = typeof error === "string" ? error : JSON.stringify(error);
    return `it threw ${typeof json === "string" ? json : String(error)}`;
  }
  if (isSluiceError(error)) return error.message;
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}

function classOf(error: unknown): FailureClass {
  if (isSluiceError(error)) {
    if (error.code === "TIMEOUT") return "timeout";
    if (error.code === "CANCELLED") return "cancelled";
    if (error.code === "COMMAND_FAILED") return "exit";
    if (REFUSED.has(error.code)) return "refused";
    if (INFRASTRUCTURE.has(error.code)) return "infrastructure";
  }
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (TRANSIENT.has(codeOf(cause) ?? "")) return "infrastructure";
  }
  return "error";
}

/** Whether a failure is of a class that the node's retries are for. */
export function isRetried(failure: Failure, on: readonly RetryClass[]): boolean {
  if (failure.class === "refused" || failure.class === "cancelled") return false;
  if (on.length === 0) return true;
  return on.some((one) => (typeof one === "number" ? failure.exitCode === one : failure.class === one));
}

/** Milliseconds before the attempt after `attempt`: exponential, bounded, a share of it drawn at random. */
export function retryDelay(node: PlanNode, attempt: number, random: () => number): number {
  const { delay, factor, maxDelay, jitter } = node.retry;
  const full = Math.min(maxDelay, delay * factor ** (attempt - 1));
  return Math.round(full * (1 - jitter * random()));
}
