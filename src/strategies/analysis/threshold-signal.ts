import type { SignalReport } from "../../model/index.ts";
import type { Clock, CountSnapshot } from "../../ports/index.ts";
import type { JudgeOutcome } from "../judge/index.ts";
import type { ThresholdMetric } from "../metrics/types.ts";
import { Cadence } from "./cadence.ts";
import { ErrorStreak } from "./error-streak.ts";
import { measureCounts, type Measurement } from "./measurement.ts";
import type { Observation } from "./observation.ts";
import { probe, type Probe } from "./probe.ts";
import type { Signal, StepView } from "./signal.ts";
import { figure, percent, plural } from "./text.ts";

export interface ThresholdSignalOptions {
  readonly clock: Clock;
  /** Milliseconds; how often it is measured where the metric does not say. */
  readonly window: number;
}

/** A number held against fixed limits, measurement by measurement. */
export class ThresholdSignal implements Signal {
  readonly name: string;
  readonly #metric: ThresholdMetric;
  readonly #clock: Clock;
  readonly #cadence: Cadence;
  readonly #streak: ErrorStreak;
  #step: StepView | undefined;
  #before: CountSnapshot | undefined;
  #busy = false;
  #failed = 0;
  #passed = 0;
  #inconclusive = 0;
  #last: Measurement | undefined;
  #worst: Measurement | undefined;

  constructor(metric: ThresholdMetric, { clock, window }: ThresholdSignalOptions) {
    this.name = metric.name;
    this.#metric = metric;
    this.#clock = clock;
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
    this.#passed = 0;
    this.#inconclusive = 0;
  }

  extend(): void {
    this.#inconclusive = 0;
  }

  open(now: Observation): void {
    this.#cadence.open(now.at);
    this.#before = now.counts;
  }

  async measure(now: Observation): Promise<void> {
    const step = this.#step;
    if (step === undefined) return;
    this.#busy = true;
    const measured = await this.#ask(step, now, this.#cadence.take(now.at));
    this.#busy = false;
    if (step.signal.aborted) return;
    if (!measured.ok) {
      this.#streak.failed(measured.fault);
      return;
    }
    this.#streak.worked();
    this.#last = measured.value;
    const outcome = this.#compare(measured.value);
    if (outcome === "pass") this.#passed += 1;
    else if (outcome === "inconclusive") this.#inconclusive += 1;
    else {
      this.#failed += 1;
      this.#worst = measured.value;
    }
  }

  report(ended: boolean): SignalReport {
    const outcome = this.#outcome(ended);
    const shown = outcome === "fail" ? this.#worst : this.#last;
    const scale = this.#metric.of.kind === "errors" ? 100 : 1;
    return {
      name: this.name,
      outcome,
      text: this.#text(outcome, shown),
      ...(shown === undefined || shown.value === null ? {} : { candidate: shown.value * scale }),
      ...(this.#metric.unit === undefined ? {} : { unit: this.#metric.unit }),
      ...(shown?.requests === undefined ? {} : { samples: shown.requests }),
    };
  }

  #outcome(ended: boolean): JudgeOutcome {
    if (this.#failed > this.#metric.failureLimit) return "fail";
    if (this.stuck) return "inconclusive";
    if (!ended) return "continue";
    // A source that fails at the end has said nothing about the end.
    const undecided = this.#streak.text !== undefined || this.#inconclusive > this.#metric.inconclusiveLimit;
    return this.#passed > 0 && !undecided ? "pass" : "inconclusive";
  }

  async #ask(step: StepView, now: Observation, from: number): Promise<Probe<Measurement>> {
    const { of } = this.#metric;
    if (of.kind !== "query") {
      if (now.counts === undefined)
        return { ok: false, fault: now.fault ?? "the target measures no requests" };
      const value = measureCounts(of, this.#before, now);
      this.#before = now.counts;
      return { ok: true, value };
    }
    const answer = await probe((signal) => of.query({ ...step, from, to: now.at, signal }), {
      clock: this.#clock,
      timeout: of.timeout,
      signal: step.signal,
    });
    if (!answer.ok) return answer;
    const { value } = answer;
    if (value === null || Number.isFinite(value)) return { ok: true, value: { value } };
    return { ok: false, fault: `the query gave ${String(value)}, which is not a number` };
  }

  #compare({ value, above }: Measurement): "pass" | "fail" | "inconclusive" {
    const { max, min } = this.#metric;
    if (above !== undefined && max !== undefined && above >= max) return "fail";
    if (value === null) return "inconclusive";
    return (max !== undefined && value > max) || (min !== undefined && value < min) ? "fail" : "pass";
  }

  #text(outcome: JudgeOutcome, shown: Measurement | undefined): string {
    if (this.stuck && outcome !== "fail") return `${this.name}: ${this.#streak.text ?? ""}`;
    const parts = [`${this.name}: ${shown === undefined ? "not measured yet" : this.#value(shown)}`];
    if (shown?.requests !== undefined) parts.push(plural(shown.requests, "request"));
    if (this.#failed > 0) {
      parts.push(`${plural(this.#failed, "failed measurement")} (limit ${this.#metric.failureLimit})`);
    }
    if (this.#inconclusive > 0) {
      parts.push(`${this.#inconclusive} without data (limit ${this.#metric.inconclusiveLimit})`);
    }
    if (this.#streak.text !== undefined) parts.push(this.#streak.text);
    return parts.join(", ");
  }

  #value({ value, above }: Measurement): string {
    if (above !== undefined) return `above ${figure(above)} ms, the histogram's last bound`;
    if (value === null) return "no data";
    const { of, max, min, unit } = this.#metric;
    const show = (number: number): string => {
      if (of.kind === "errors") return percent(number);
      return unit === undefined ? figure(number) : `${figure(number)} ${unit}`;
    };
    if (max !== undefined && value > max) return `${show(value)} > ${show(max)}`;
    if (min !== undefined && value < min) return `${show(value)} < ${show(min)}`;
    return show(value);
  }
}
