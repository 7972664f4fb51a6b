import type { SignalReport } from "../../model/index.ts";
import type { CountSnapshot, SideCounts } from "../../ports/index.ts";
import { judgeStep, nearestBound, RateJudge, slowerThan, type Tally } from "../judge/index.ts";
import type { ComparedMetric } from "../metrics/types.ts";
import { Cadence } from "./cadence.ts";
import { ErrorStreak } from "./error-streak.ts";
import { countsBetween, type Observation } from "./observation.ts";
import type { Baseline } from "./options.ts";
import type { Signal } from "./signal.ts";
import { eValue, figure, percent, plural } from "./text.ts";

/** Requests of stable after which its histogram is trusted to show a quantile. */
const REQUESTS_FOR_BOUND = 100;

export interface ComparedSignalOptions {
  /** This signal's share of the chance of a false alarm. */
  readonly alpha: number;
  /** Milliseconds. */
  readonly window: number;
  /** Candidate requests that make a step without a decision a pass. */
  readonly minimum: number;
  /** Whose requests the candidate's are compared with. */
  readonly baseline: Baseline;
}

/** Errors or slow requests of the candidate, compared with those of stable, or of a fresh baseline, in the same windows. */
export class ComparedSignal implements Signal {
  readonly name: string;
  readonly busy = false;
  readonly #metric: ComparedMetric;
  readonly #minimum: number;
  readonly #baseline: Baseline;
  readonly #judge: RateJudge;
  readonly #cadence: Cadence;
  readonly #streak: ErrorStreak;
  #before: CountSnapshot | undefined;
  #bound: number | undefined;

  constructor(metric: ComparedMetric, { alpha, window, minimum, baseline }: ComparedSignalOptions) {
    this.name = metric.name;
    this.#metric = metric;
    this.#minimum = minimum;
    this.#baseline = baseline;
    this.#judge = new RateJudge({ alpha, bursty: metric.bursty });
    this.#cadence = new Cadence(window, 0);
    this.#streak = new ErrorStreak(metric.consecutiveErrorLimit);
  }

  get due(): number {
    return this.#cadence.due;
  }

  wants(at: number, closing: boolean): boolean {
    return this.#cadence.wants(at, closing);
  }

  get stuck(): boolean {
    return this.#streak.exceeded;
  }

  begin(): void {
    this.#cadence.stop();
    this.#judge.beginStep();
  }

  extend(): void {
    // Requests and evidence of the step go on being counted.
  }

  open(now: Observation): void {
    this.#cadence.open(now.at);
    this.#before = now.counts;
    this.#chooseBound(now.counts?.stable);
  }

  measure(now: Observation): Promise<void> {
    this.#cadence.take(now.at);
    if (now.counts === undefined) {
      this.#streak.failed(now.fault ?? "the target measures no requests");
      return Promise.resolve();
    }
    this.#streak.worked();
    const candidate = this.#tally(this.#before?.candidate, now.counts.candidate);
    const stable = this.#tally(this.#compared(this.#before), this.#compared(now.counts));
    if (candidate !== undefined && stable !== undefined) this.#judge.add({ candidate, stable });
    this.#before = now.counts;
    // Only now, so that no window is judged by a bound that was chosen from it. Stable itself knows it best: a fresh
    // baseline is of the same release, has had few requests, and those when it was new.
    this.#chooseBound(now.counts.stable);
    return Promise.resolve();
  }

  report(ended: boolean): SignalReport {
    const { failed, passedEarly, stepRequests, totals } = this.#judge;
    const { candidate, stable } = totals;
    const outcome =
      this.stuck && !failed
        ? "inconclusive"
        : judgeStep({ failed, passedEarly, samples: stepRequests, minimum: this.#minimum }, ended);
    return {
      name: this.name,
      outcome,
      text: this.#text(failed, ended && outcome === "inconclusive"),
      samples: Math.round(candidate.requests),
      ...(candidate.requests === 0
        ? {}
        : {
            candidate: (100 * candidate.bad) / candidate.requests,
            baseline: (100 * stable.bad) / stable.requests,
            unit: "%",
          }),
    };
  }

  #text(failed: boolean, short: boolean): string {
    const { convinced, totals } = this.#judge;
    const { candidate, stable } = totals;
    if (this.stuck && !failed) return `${this.name}: ${this.#streak.text ?? ""}`;
    if (candidate.requests === 0) return `${this.name}: ${this.#streak.text ?? this.#unknown()}`;
    const what =
      this.#bound === undefined ? this.name : `slower than ${figure(this.#bound)} ms (${this.name})`;
    const sentence = [
      `${what} ${percent(candidate.bad / candidate.requests)} against ${percent(stable.bad / stable.requests)} at ${this.#whose}`,
      plural(candidate.requests, "request"),
      `e-value ${eValue(this.#judge.logEvidence)} ${convinced ? ">=" : "<"} ${figure(this.#judge.threshold)}`,
    ];
    if (convinced && !failed) sentence.push("a difference of less than 0.1 %");
    if (this.#streak.text !== undefined) sentence.push(this.#streak.text);
    if (short)
      sentence.push(
        `only ${Math.round(this.#judge.stepRequests)} of the ${this.#minimum} needed in this step`,
      );
    return sentence.join(", ");
  }

  get #whose(): string {
    return this.#baseline === "fresh" ? "the fresh baseline" : "stable";
  }

  #compared(counts: CountSnapshot | undefined): SideCounts | undefined {
    return this.#baseline === "fresh" ? counts?.baseline : counts?.stable;
  }

  /** Why nothing is known yet. */
  #unknown(): string {
    if (this.#metric.of.kind === "errors" || this.#bound !== undefined) {
      return "no requests that could be compared";
    }
    const answered = this.#before?.stable?.requests ?? 0;
    return answered < REQUESTS_FOR_BOUND
      ? `stable has not answered ${REQUESTS_FOR_BOUND} requests yet, so nothing can be compared`
      : "the target measures no latencies";
  }

  #tally(before: SideCounts | undefined, after: SideCounts | undefined): Tally | undefined {
    const counts = countsBetween(before, after);
    if (counts === undefined) return undefined;
    if (this.#metric.of.kind === "errors") return { requests: counts.requests, bad: counts.errors };
    const slow = this.#bound === undefined ? undefined : slowerThan(counts.latency, this.#bound);
    return slow === undefined
      ? undefined
      : { requests: counts.requests, bad: Math.min(slow, counts.requests) };
  }

  #chooseBound(stable: SideCounts | undefined): void {
    if (this.#metric.of.kind !== "latency" || this.#bound !== undefined || stable === undefined) return;
    if (stable.requests < REQUESTS_FOR_BOUND) return;
    this.#bound = nearestBound(stable.latency, this.#metric.of.quantile);
  }
}
