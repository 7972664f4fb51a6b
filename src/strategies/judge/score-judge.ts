import { logMeanExp } from "./log-space.ts";
import { PASS_THRESHOLD } from "./rate-judge.ts";

/** A drop of the mean score that is still accepted. */
const TOLERATED = 0.02;
/** A drop of the mean score that must be ruled out for an early pass. */
const INTOLERABLE = 0.1;
/** Shares of what may be staked on each pair. */
const STAKES = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

/** The scores that stable and the candidate got for the same question, each in [0, 1]. */
export interface ScorePair {
  readonly baseline: number;
  readonly candidate: number;
}

/**
 * Judges paired scores in [0, 1], such as an LLM's answers to the same questions, pair by pair.
 *
 * With `d = baseline - candidate`, a gambler who bets on a drop beyond 0.02 turns 1 into the product of
 * `1 + lambda (d - 0.02)`; the mean over seven stakes is an e-process against "the mean drop is at most 0.02". It fails
 * the candidate at `1 / alpha`. The same bet on `0.10 - d` passes the step early at 20.
 *
 * Source: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting" (JRSS-B 2024): capital
 * processes, averaged over a grid of bets.
 */
export class ScoreJudge {
  readonly threshold: number;
  readonly #drop = new Float64Array(STAKES.length);
  readonly #fine = new Float64Array(STAKES.length);
  #stepPairs = 0;
  #pairs = 0;
  #baseline = 0;
  #candidate = 0;

  constructor({ alpha }: { readonly alpha: number }) {
    this.threshold = 1 / alpha;
  }

  /** Forgets what spoke for the candidate at the weight before; what spoke against it stays. */
  beginStep(): void {
    this.#stepPairs = 0;
    this.#fine.fill(0);
  }

  add({ baseline, candidate }: ScorePair): void {
    const drop = baseline - candidate;
    STAKES.forEach((stake, index) => {
      this.#drop[index] =
        (this.#drop[index] ?? 0) + Math.log1p((stake / (1 + TOLERATED)) * (drop - TOLERATED));
      this.#fine[index] =
        (this.#fine[index] ?? 0) + Math.log1p((stake / (1 + INTOLERABLE)) * (INTOLERABLE - drop));
    });
    this.#stepPairs += 1;
    this.#pairs += 1;
    this.#baseline += baseline;
    this.#candidate += candidate;
  }

  get failed(): boolean {
    return this.logEvidence >= Math.log(this.threshold);
  }

  get passedEarly(): boolean {
    return logMeanExp(this.#fine) >= Math.log(PASS_THRESHOLD);
  }

  /** Pairs of the present step. */
  get stepPairs(): number {
    return this.#stepPairs;
  }

  /** Pairs, and the mean scores, of the whole rollout. */
  get totals(): { readonly pairs: number; readonly baseline: number; readonly candidate: number } {
    const pairs = Math.max(1, this.#pairs);
    return { pairs: this.#pairs, baseline: this.#baseline / pairs, candidate: this.#candidate / pairs };
  }

  /** `ln` of the e-value against the candidate. */
  get logEvidence(): number {
    return logMeanExp(this.#drop);
  }
}
