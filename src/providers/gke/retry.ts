/** Milliseconds that a server may ask us to wait; one that wants more is given up. */
const LONGEST = 60_000;

/** Of an error whose request may be sent again. */
export interface RetriedFault {
  readonly response?: { readonly headers: { get(name: string): string | null } } | undefined;
}

/**
 * Waits before a request is sent again: what `Retry-After` says, in seconds or as a date (RFC 9110, section 10.2.3), and
 * at least `delay` ms. Rejects with the error where that is too long, and with the signal's reason when it fires.
 */
export function backOff(error: RetriedFault, delay: number, signal: AbortSignal): Promise<void> {
  const asked = retryAfter(error.response?.headers.get("retry-after") ?? undefined, Date.now());
  const wait = Math.max(delay, asked ?? 0);
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is one, seen through a narrow type
  if (wait > LONGEST) return Promise.reject(error);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, wait);
    signal.addEventListener("abort", stop, { once: true });
  });
}

function retryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (text === "") return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
