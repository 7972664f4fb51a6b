import { Dispersion } from "./dispersion.ts";
import { logSpaced } from "./log-space.ts";
import { RateTest, type RateWindow } from "./rate-test.ts";

/** Ratios from "half again as many" to "everything fails", between which a regression is looked for. */
const WORSE = logSpaced(1.5, 40, 12);
const WORSE_EDGE = 1.25;
const FINE = [0.25, 0.5, 0.75, 1, 1.25];
const FINE_EDGE = 2;
/** The e-value at which "not twice as bad" is believed: wrong at most once in twenty steps. */
export const PASS_THRESHOLD = 20;
const CAP_EXPONENT = 1 / 3;
const BURSTY_CAP_EXPONENT = 1 / 4;
/** A difference smaller than this is nobody's reason to take a release back, however certain it is. */
const LEAST_DIFFERENCE = 0.001;

export interface RateJudgeOptions {
  /** The chance, at most, of failing a candidate that is not worse; this signal's share of the whole. */
  readonly alpha: number;
  /** Whether bad requests come in storms rather than one by one. */
  readonly bursty?: boolean;
  /** The part of the threshold, as an exponent, that one window may contribute; `null` is without limit. */
  readonly capExponent?: number | null;
}

/** What a judge has seen: requests in windows where both sides had some. */
export interface RateTotals {
  readonly candidate: { requests: number; bad: number };
  readonly stable: { requests: number; bad: number };
}

/**
 * Judges one count signal (errors, slow requests) of a canary against stable, window by window.
 *
 * - **Fail**: the e-value against "at most 1.25 times stable's bad rate" reaches `1 / alpha`, and the candidate's rate
 *   is above stable's by at least 0.1 % of the requests. Evidence is kept over the steps of a rollout.
 * - **Early pass**: within the present step, the e-value against "at least twice stable's bad rate" reaches 20.
 *
 * With `bursty`, each window's evidence is divided by the {@link Dispersion} estimated from stable's windows before
 * it, and one window may contribute at most a quarter of what is needed instead of a third.
 */
export class RateJudge {
  readonly threshold: number;
  readonly totals: RateTotals = { candidate: { requests: 0, bad: 0 }, stable: { requests: 0, bad: 0 } };
  readonly #capExponent: number | null;
  readonly #worse: RateTest;
  readonly #dispersion: Dispersion | undefined;
  #fine: RateTest;
  #stepRequests = 0;

  constructor({ alpha, bursty = false, capExponent }: RateJudgeOptions) {
    this.threshold = 1 / alpha;
    this.#capExponent =
      capExponent === undefined ? (bursty ? BURSTY_CAP_EXPONENT : CAP_EXPONENT) : capExponent;
    this.#worse = this.#test(WORSE_EDGE, WORSE, this.threshold);
    this.#fine = this.#test(FINE_EDGE, FINE, PASS_THRESHOLD);
    this.#dispersion = bursty ? new Dispersion() : undefined;
  }

  /** Forgets what spoke for the candidate at the weight before; what spoke against it stays. */
  beginStep(): void {
    this.#stepRequests = 0;
    this.#fine = this.#test(FINE_EDGE, FINE, PASS_THRESHOLD);
  }

  /** Takes one window. Where a side had no requests, nothing is learned. */
  add(window: RateWindow): void {
    const { candidate, stable } = window;
    const dispersion = this.#dispersion === undefined ? 1 : this.#dispersion.estimate;
    this.#dispersion?.add(stable);
    if (candidate.requests <= 0 || stable.requests <= 0) return;
    this.#stepRequests += candidate.requests;
    this.totals.candidate.requests += candidate.requests;
    this.totals.candidate.bad += candidate.bad;
    this.totals.stable.requests += stable.requests;
    this.totals.stable.bad += stable.bad;
    if (dispersion === undefined) return;
    this.#worse.add(window, dispersion);
    this.#fine.add(window, dispersion);
  }

  get failed(): boolean {
    return this.convinced && this.#difference() >= LEAST_DIFFERENCE;
  }

  /** Whether the candidate is shown to be worse, be it by ever so little. */
  get convinced(): boolean {
    return this.#worse.reached;
  }

  get passedEarly(): boolean {
    return this.#fine.reached;
  }

  /** Candidate requests of the present step that could be compared. */
  get stepRequests(): number {
    return this.#stepRequests;
  }

  /** `ln` of the e-value against the candidate. */
  get logEvidence(): number {
    return this.#worse.logEvidence;
  }

  #difference(): number {
    const { candidate, stable } = this.totals;
    return candidate.bad / candidate.requests - stable.bad / stable.requests;
  }

  #test(edge: number, alternatives: readonly number[], threshold: number): RateTest {
    return new RateTest({ edge, alternatives, threshold, capExponent: this.#capExponent });
  }
}
