import { logMeanExp } from "./log-space.ts";

/** Requests of one side in one window, and how many of them were bad. */
export interface Tally {
  readonly requests: number;
  readonly bad: number;
}

/** What both sides did in one window. */
export interface RateWindow {
  readonly candidate: Tally;
  readonly stable: Tally;
}

export interface RateTestOptions {
  /** The ratio of bad rates (candidate over stable) that marks the edge of the null hypothesis. */
  readonly edge: number;
  /** The ratios that are believed instead; all above the edge, or all below it. */
  readonly alternatives: readonly number[];
  /** The e-value at which the null hypothesis is given up; `1 / threshold` bounds the chance of doing so wrongly. */
  readonly threshold: number;
  /** One window multiplies the evidence by at most `threshold ** capExponent`; `null` is without limit. */
  readonly capExponent: number | null;
}

/**
 * A sequential test of the ratio between two rates of bad requests that may be looked at after every window.
 *
 * Given all bad requests of a window, how many of them are the candidate's is binomial with the share
 * `theta(r) = r n_c / (r n_c + n_b)`, whatever the rate itself is. The likelihood ratio of an alternative `r` against
 * the edge `r0`, multiplied over the windows and averaged over the alternatives, is an e-process: under the null
 * hypothesis it ever reaches `1 / alpha` with a chance of at most `alpha` (Ville's inequality).
 *
 * Sources: Lindon & Malek, "Anytime-Valid Inference for Multinomial Count Data" (NeurIPS 2022), for the conditional
 * count test; Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting" (JRSS-B 2024), for
 * averaging bets. The cap lowers each factor, so that the bound still holds and no single window can decide.
 */
export class RateTest {
  readonly #options: RateTestOptions;
  readonly #logs: Float64Array;
  readonly #limit: number;
  readonly #cap: number;
  #log = 0;

  constructor(options: RateTestOptions) {
    this.#options = options;
    this.#logs = new Float64Array(options.alternatives.length);
    this.#limit = Math.log(options.threshold);
    this.#cap = options.capExponent === null ? Infinity : options.capExponent * this.#limit;
  }

  /**
   * Takes one window. `dispersion` (at least 1) is how much more the counts vary than independent requests would;
   * it must not be estimated from this window. A window in which a side has no requests changes nothing.
   */
  add({ candidate, stable }: RateWindow, dispersion = 1): void {
    if (candidate.requests <= 0 || stable.requests <= 0) return;
    const { edge, alternatives } = this.#options;
    const bad = candidate.bad + stable.bad;
    const weighed = edge * candidate.requests + stable.requests;
    alternatives.forEach((ratio, index) => {
      // ln [theta(r)/theta(r0)]^x_c [(1-theta(r))/(1-theta(r0))]^x_b, with the denominators taken together.
      const gain =
        candidate.bad * Math.log(ratio / edge) +
        bad * Math.log(weighed / (ratio * candidate.requests + stable.requests));
      this.#logs[index] = (this.#logs[index] ?? 0) + Math.min(gain / dispersion, this.#cap);
    });
    this.#log = logMeanExp(this.#logs);
  }

  /** `ln` of the e-value. */
  get logEvidence(): number {
    return this.#log;
  }

  /** Whether the evidence stands at or above the threshold now. */
  get reached(): boolean {
    return this.#log >= this.#limit;
  }
}
