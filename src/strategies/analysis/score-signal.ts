import type { SignalReport } from "../../model/index.ts";
import type { Clock } from "../../ports/index.ts";
import { judgeStep, ScoreJudge, type ScorePair } from "../judge/index.ts";
import type { PairedScores, ScoresMetric } from "../metrics/types.ts";
import { Cadence } from "./cadence.ts";
import { ErrorStreak } from "./error-streak.ts";
import type { Observation } from "./observation.ts";
import { probe } from "./probe.ts";
import type { Signal, StepView } from "./signal.ts";
import { eValue, figure, plural } from "./text.ts";

export interface ScoreSignalOptions {
  /** This signal's share of the chance of a false alarm. */
  readonly alpha: number;
  readonly clock: Clock;
  /** Milliseconds; how often it is asked where the metric does not say. */
  readonly window: number;
}

/** Paired scores of stable and the candidate. */
export class ScoreSignal implements Signal {
  readonly name: string;
  readonly #metric: ScoresMetric;
  readonly #clock: Clock;
  readonly #judge: ScoreJudge;
  readonly #cadence: Cadence;
  readonly #streak: ErrorStreak;
  #step: StepView | undefined;
  #busy = false;
  #failed = false;

  constructor(metric: ScoresMetric, { alpha, clock, window }: ScoreSignalOptions) {
    this.name = metric.name;
    this.#metric = metric;
    this.#clock = clock;
    this.#judge = new ScoreJudge({ alpha });
    this.#cadence = new Cadence(metric.interval ?? window, 0.5);
    this.#streak = new ErrorStreak(metric.consecutiveErrorLimit);
  }

  get due(): number {
    return this.#cadence.due;
  }

  wants(at: number, closing: boolean): boolean {
    return this.#cadence.wants(at, closing);
  }

  get busy(): boolean {
    return this.#busy;
  }

  get stuck(): boolean {
    return this.#streak.exceeded;
  }

  begin(step: StepView): void {
    this.#step = step;
    this.#cadence.stop();
    this.#judge.beginStep();
  }

  extend(): void {
    // Pairs of the step go on being counted.
  }

  open(now: Observation): void {
    this.#cadence.open(now.at);
  }

  async measure(now: Observation): Promise<void> {
    const step = this.#step;
    if (step === undefined) return;
    const from = this.#cadence.take(now.at);
    this.#busy = true;
    const answer = await probe(
      async (signal) => toPairs(await this.#metric.query({ ...step, from, to: now.at, signal })),
      { clock: this.#clock, timeout: this.#metric.timeout, signal: step.signal },
    );
    this.#busy = false;
    if (step.signal.aborted) return;
    if (!answer.ok) {
      this.#streak.failed(answer.fault);
      return;
    }
    this.#streak.worked();
    for (const pair of answer.value) {
      this.#judge.add(pair);
      // The evidence may be looked at after every pair, so one crossing inside a batch counts.
      this.#failed ||= this.#judge.failed;
    }
  }

  report(ended: boolean): SignalReport {
    const { passedEarly, stepPairs, totals } = this.#judge;
    const standing = { failed: this.#failed, passedEarly, samples: stepPairs, minimum: this.#metric.minimum };
    const outcome = this.stuck && !this.#failed ? "inconclusive" : judgeStep(standing, ended);
    const short = ended && outcome === "inconclusive";
    return {
      name: this.name,
      outcome,
      text: this.#text(short),
      samples: totals.pairs,
      ...(totals.pairs === 0 ? {} : { candidate: totals.candidate, baseline: totals.baseline }),
    };
  }

  #text(short: boolean): string {
    const { totals, logEvidence, threshold, stepPairs } = this.#judge;
    if (this.stuck) return `${this.name}: ${this.#streak.text ?? ""}`;
    if (totals.pairs === 0) return `${this.name}: ${this.#streak.text ?? "no scores"}`;
    const sentence = [
      `${this.name} ${figure(totals.candidate)} against ${figure(totals.baseline)} at stable`,
      plural(totals.pairs, "pair"),
      `e-value ${eValue(logEvidence)} ${logEvidence >= Math.log(threshold) ? ">=" : "<"} ${figure(threshold)}`,
    ];
    if (short) sentence.push(`only ${stepPairs} of the ${this.#metric.minimum} needed in this step`);
    return sentence.join(", ");
  }
}

function toPairs(scores: PairedScores): readonly ScorePair[] {
  const pairs = "baseline" in scores ? zip(scores.baseline, scores.candidate) : scores;
  for (const { baseline, candidate } of pairs) {
    if (isScore(baseline) && isScore(candidate)) continue;
    throw new RangeError(`scores are from 0 to 1, got ${String(baseline)} and ${String(candidate)}`);
  }
  return pairs;
}

function zip(baseline: readonly number[], candidate: readonly number[]): readonly ScorePair[] {
  if (baseline.length !== candidate.length) {
    throw new RangeError(
      `${baseline.length} scores of stable and ${candidate.length} of the candidate do not pair up`,
    );
  }
  return baseline.map((score, index) => ({ baseline: score, candidate: candidate[index] ?? Number.NaN }));
}

function isScore(score: number): boolean {
  return score >= 0 && score <= 1;
}
