import type { IncomingHttpHeaders } from "node:http";
import type { ConnectionFault } from "./http/connection-fault.ts";
import type { ApiStatus } from "./status.ts";

/** Milliseconds before the second attempt; twice as many before each further one, up to {@link LONGEST}. */
const FIRST = 100;
const LONGEST = 2_000;

/**
 * When a request may be sent again. `always`: doing it twice does no harm. `unsent`: only where the server surely did not
 * do it. `never`: the caller would rather have no answer than wait.
 */
export type Repeatable = "always" | "unsent" | "never";

/** Milliseconds to wait before attempt `next` (from 2 on), drawn from the upper half, so that clients fall out of step. */
export function backoff(next: number, random = Math.random()): number {
  return Math.min(LONGEST, FIRST * 2 ** (next - 2)) * (0.5 + random / 2);
}

/**
 * Milliseconds that `Retry-After` asks for: seconds, or a date, which is compared with the answer's own, because clocks
 * differ (RFC 9110, section 10.2.3).
 */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const asked = headers["retry-after"]?.trim() ?? "";
  if (/^\d+$/.test(asked)) return Number(asked) * 1_000;
  const until = Date.parse(asked);
  if (Number.isNaN(until)) return undefined;
  const date = Date.parse(headers.date ?? "");
  return Math.max(0, until - (Number.isNaN(date) ? now : date));
}

/** What etcd and a server that is going down say while nothing is wrong with the request. */
const PASSING =
  /etcdserver|leader changed|connection (?:refused|reset)|context deadline exceeded|timed? ?out|EOF|try again/i;

/** Whether asking again may help after an answer, and may be done. */
export function mayRepeatAfter(answer: ApiStatus, again: Repeatable): boolean {
  const { status, message, reason, retryAfter: wait } = answer;
  if (again === "never") return false;
  // The server says that it did nothing: that holds for every request.
  if (status === 429 || (status === 503 && wait !== undefined)) return true;
  if (again !== "always") return false;
  if (status === 502 || status === 503 || status === 504 || status === 408) return true;
  return status === 500 && (reason === "ServerTimeout" || PASSING.test(message));
}

/** Whether a request to which no answer came may be sent again. `known`: whether the server was ever reached before. */
export function mayRepeat(fault: ConnectionFault, again: Repeatable, known: boolean): boolean {
  if (again === "never" || fault.kind !== "network") return false;
  // A name that is wrong stays wrong; one that was right before may be looked up again.
  if (fault.missing && !known) return false;
  return again === "always" || !fault.sent;
}
