import type { Tally } from "./rate-test.ts";

const LEAST_REQUESTS = 20;
const LARGEST_SHARE = 0.5;

/**
 * The hard limit beside the statistics: more than half of at least 20 requests failing is not a matter of evidence.
 * Looks at the latest windows that together hold 20 requests, so that a long good time does not hide a collapse.
 */
export class ErrorGuard {
  #windows: readonly Tally[] = [];

  /** Takes the candidate's latest requests. */
  add(window: Tally): void {
    if (window.requests <= 0) return;
    const windows = [...this.#windows, window];
    let spare = sum(windows).requests - LEAST_REQUESTS;
    while (windows[0] !== undefined && windows[0].requests <= spare) {
      spare -= windows[0].requests;
      windows.shift();
    }
    this.#windows = windows;
  }

  /** What tripped it, or `undefined`. */
  get tripped(): Tally | undefined {
    const recent = sum(this.#windows);
    return recent.requests >= LEAST_REQUESTS && recent.bad > recent.requests * LARGEST_SHARE
      ? recent
      : undefined;
  }
}

function sum(windows: readonly Tally[]): Tally {
  let requests = 0;
  let bad = 0;
  for (const window of windows) {
    requests += window.requests;
    bad += window.bad;
  }
  return { requests, bad };
}
