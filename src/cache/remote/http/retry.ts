import type { Answer } from "./exchange.ts";

/** Attempts at a request, in all. */
export const ATTEMPTS = 4;
/** Milliseconds before the second attempt; twice as many before each further one. */
const FIRST = 250;
/** Milliseconds that a server may ask us to wait. A cache is to save time: one that wants more is done without. */
const LONGEST = 15_000;

const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Whether a status says that asking again may help. */
export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/** Milliseconds to wait before attempt `next` (from 2 on), drawn from the upper half, so that machines fall out of step. */
export function backoff(next: number, random = Math.random()): number {
  return FIRST * 2 ** (next - 2) * (0.5 + random / 2);
}

/**
 * Milliseconds to wait before the next attempt after an answer: what `Retry-After` says, in seconds or as a date
 * (RFC 9110, section 10.2.3), else the backoff. `undefined` where that is too long.
 */
export function pauseAfter(
  { headers }: Pick<Answer, "headers">,
  next: number,
  now = Date.now(),
): number | undefined {
  const asked = headers["retry-after"]?.trim();
  if (asked === undefined || asked === "") return backoff(next);
  const wait = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - now;
  if (Number.isNaN(wait)) return backoff(next);
  return wait > LONGEST ? undefined : Math.max(0, wait);
}
