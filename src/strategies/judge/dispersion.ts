import type { Tally } from "./rate-test.ts";

const WINDOWS_NEEDED = 2;

/**
 * Estimates how much more stable's bad requests vary between windows than independent requests would: Pearson's
 * statistic over its degrees of freedom, at least 1 (McCullagh & Nelder, "Generalized Linear Models", 2nd ed. 1989,
 * section 4.5). Read it before adding the window that it is used for, so that the estimate rests on the past alone.
 */
export class Dispersion {
  #windows = 0;
  #requests = 0;
  #bad = 0;
  #squares = 0;

  add(stable: Tally): void {
    if (stable.requests <= 0) return;
    this.#windows += 1;
    this.#requests += stable.requests;
    this.#bad += stable.bad;
    this.#squares += stable.bad ** 2 / stable.requests;
  }

  /** `undefined` until there are windows to compare. */
  get estimate(): number | undefined {
    if (this.#windows < WINDOWS_NEEDED) return undefined;
    const rate = this.#bad / this.#requests;
    if (rate <= 0 || rate >= 1) return 1;
    // The sum of (x - n p)^2 / (n p (1 - p)) over the windows, with p the rate of all of them.
    const pearson = (this.#squares / rate - this.#bad) / (1 - rate);
    return Math.max(1, pearson / (this.#windows - 1));
  }
}
