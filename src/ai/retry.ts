import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration } from "../util/duration.ts";

/** A question that got no answer. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly retryable: boolean;
  /** Milliseconds that the service asked to wait; `undefined` where it did not. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    options: { retryable: boolean; retryAfter?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.retryAfter = options.retryAfter;
  }
}

export interface RetryPolicy {
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds before the second try. */
  readonly delay: number;
}

const LONGEST = 60_000;

/** Whether a status says that the same request may work later. */
export function isTransient(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Tries until it works, the error is not worth another try, or the tries are used up. The delay doubles each time, with a
 * quarter more at random so that questions do not come back all at once; what the service asks for comes first.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !(error instanceof AskError) || !error.retryable || tries >= policy.retries)
        throw error;
      const own = policy.delay * 2 ** tries * (1 + Math.random() / 4);
      await sleep(Math.min(Math.max(own, error.retryAfter ?? 0), LONGEST), undefined, { signal });
    }
  }
}

/** Milliseconds of a `Retry-After` header (RFC 9110, 10.2.3): seconds or a date. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1_000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

/**
 * Runs `work` with a signal that fires after `ms` or with `outer`, and rejects then even if `work` does not listen.
 */
export async function withTimeout<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const controller = new AbortController();
  let clear = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (reason: unknown): void => {
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = (): void => {
      end(outer.reason);
    };
    const timer = setTimeout(() => {
      end(new AskError(`no answer within ${formatDuration(ms)}`, { retryable: false }));
    }, ms);
    outer.addEventListener("abort", onAbort, { once: true });
    clear = () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", onAbort);
    };
  });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clear();
  }
}
