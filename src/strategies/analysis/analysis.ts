import type { SignalReport } from "../../model/index.ts";
import type { CountSource, StrategyContext } from "../../ports/index.ts";
import { combine, type JudgeOutcome } from "../judge/index.ts";
import type { Metric } from "../metrics/types.ts";
import { createSignals } from "./create-signals.ts";
import { type Observation, observeCounts } from "./observation.ts";
import type { Baseline, ResolvedAnalysis } from "./options.ts";
import { atMost } from "./probe.ts";
import type { Signal, StepView } from "./signal.ts";
import { StepTime } from "./step-time.ts";
import { ErrorWatch } from "./watch-errors.ts";

/** What a step came to. */
export interface StepVerdict {
  readonly outcome: Exclude<JudgeOutcome, "continue">;
  /** In words, with the figures. */
  readonly reason: string;
}

/** One step to be watched. */
export interface WatchedStep extends Omit<StepView, "signal"> {
  /** Milliseconds, warm-up included. */
  readonly length: number;
  /** Milliseconds at its beginning that are not judged. */
  readonly warmup: number;
  /** Whether it ends as soon as every signal has passed. */
  readonly early: boolean;
}

export interface AnalysisSetup {
  readonly metrics: readonly Metric[];
  readonly options: ResolvedAnalysis;
  readonly counts: CountSource | undefined;
  /** What is compared with. @defaultValue "stable" */
  readonly baseline?: Baseline;
  readonly context: StrategyContext;
}

/** The analysis of one rollout: watches its steps, one after the other, and keeps the evidence between them. */
export class Analysis {
  readonly #setup: AnalysisSetup;
  readonly #signals: readonly Signal[];
  readonly #errors = new ErrorWatch();

  constructor(setup: AnalysisSetup) {
    this.#setup = setup;
    const { metrics, options, baseline = "stable", context } = setup;
    this.#signals = createSignals(metrics, { ...options, baseline }, context.clock);
  }

  /** Watches a step to its end and emits what every window says. Rejects with the signal's reason when it fires. */
  async watch(step: WatchedStep): Promise<StepVerdict> {
    const over = new AbortController();
    const ends = AbortSignal.any([this.#setup.context.signal, over.signal]);
    const { target, weight, stable, candidate } = step;
    for (const one of this.#signals) one.begin({ target, weight, stable, candidate, signal: ends });
    try {
      return await this.#watch(step, ends);
    } finally {
      // Queries that are still under way are not waited for once the step is decided.
      over.abort();
    }
  }

  async #watch(step: WatchedStep, ends: AbortSignal): Promise<StepVerdict> {
    const { context, options } = this.#setup;
    const time = new StepTime(context.clock.now(), { ...step, window: options.window });
    let extensions = options.extend;
    for (;;) {
      const now = await this.#observe(ends);
      const broken = this.#errors.look(now);
      if (broken !== undefined) return this.#conclude(step, "fail", [broken]);
      if (time.opens(now.at)) for (const one of this.#signals) one.open(now);
      const measured = await this.#measure(now, time.closes(now.at), time.beat);
      const ended = time.over && this.#signals.every((one) => !one.busy);
      const verdict = this.#judge(step, ended, measured);
      if (verdict !== undefined && (verdict.outcome !== "inconclusive" || !ended || extensions === 0))
        return verdict;
      if (ended) {
        extensions -= 1;
        time.extend(now.at);
        for (const one of this.#signals) one.extend();
      }
      const due = this.#signals.filter((one) => !one.busy).map((one) => one.due);
      await context.clock.sleep(Math.max(0, time.next(now.at, due) - context.clock.now()), context.signal);
    }
  }

  /** Measures what is due; whether anything was. Waits no longer than until the next look. */
  async #measure(now: Observation, closing: boolean, beat: number): Promise<boolean> {
    const { clock, signal } = this.#setup.context;
    const due = this.#signals.filter((one) => !one.busy && one.wants(now.at, closing));
    if (due.length > 0) await atMost(Promise.all(due.map((one) => one.measure(now))), beat, clock, signal);
    return due.length > 0;
  }

  /** What the signals say now, emitted where it is news; a verdict only where there is one. */
  #judge(step: WatchedStep, ended: boolean, measured: boolean): StepVerdict | undefined {
    const stuck = this.#signals.some((one) => one.stuck);
    const reports = this.#signals.map((one) => one.report(ended));
    const together = combine(
      reports.map((report) => report.outcome),
      ended || stuck,
    );
    const outcome = together === "pass" && !ended && !step.early ? "continue" : together;
    if (outcome !== "continue") return this.#conclude(step, outcome, reports);
    if (measured) this.#emit(step, outcome, reports);
    return undefined;
  }

  #conclude(
    step: WatchedStep,
    outcome: StepVerdict["outcome"],
    reports: readonly SignalReport[],
  ): StepVerdict {
    this.#emit(step, outcome, reports);
    const decisive = reports.filter((report) => report.outcome === outcome);
    return { outcome, reason: decisive.map((report) => report.text).join("; ") };
  }

  #emit({ target }: WatchedStep, outcome: JudgeOutcome, signals: readonly SignalReport[]): void {
    this.#setup.context.emit({ type: "rollout.analysis", target, outcome, signals });
  }

  #observe(signal: AbortSignal): Promise<Observation> {
    return observeCounts(this.#setup.counts, this.#setup.context.clock, signal);
  }
}
