import type { Duration } from "../../util/duration.ts";
import type { Metric } from "../metrics/types.ts";
import type { Problems } from "../problems.ts";

/** What becomes of a rollout about which nothing can be said. */
export type InconclusivePolicy = "hold" | "rollback" | "promote";

/** What a candidate is compared with. */
export type Baseline = "stable" | "fresh";

/** How a rollout is analysed. */
export interface AnalysisOptions {
  /**
   * The stretch of time whose counts are judged together. Shorter finds trouble sooner and costs no validity.
   * @defaultValue 30 seconds, or a sixth of the step where that is less
   */
  readonly window?: Duration;
  /**
   * The time after new replicas have come up in which nothing is judged but the hard limit of failing requests.
   * @defaultValue 60 seconds, or a third of the step where that is less
   */
  readonly warmup?: Duration;
  /** How often a step that ends without a decision is repeated before `onInconclusive` applies. @defaultValue `2` */
  readonly extend?: number;
  /**
   * What happens when nothing can be said even then, for example because there was too little traffic. `rollback` is
   * the default because it alone ends in a known state with nobody watching; `hold` leaves the weight where it is and
   * fails the node; `promote` goes on.
   * @defaultValue `"rollback"`
   */
  readonly onInconclusive?: InconclusivePolicy;
  /**
   * The chance, at most, of taking back a candidate that is no worse than stable, over the whole rollout and all
   * compared metrics together. @defaultValue `0.01`
   */
  readonly alpha?: number;
  /** Candidate requests that make a step without a decision a pass. @defaultValue `100` */
  readonly minimum?: number;
}

/** The same, resolved: milliseconds, no gaps. */
export interface ResolvedAnalysis {
  readonly window: number;
  readonly warmup: number;
  readonly extend: number;
  readonly onInconclusive: InconclusivePolicy;
  readonly alpha: number;
  readonly minimum: number;
}

const LONGEST_WINDOW = 30_000;
const LONGEST_WARMUP = 60_000;
const POLICIES: readonly string[] = ["hold", "rollback", "promote"] satisfies InconclusivePolicy[];

/** `step` is the length of one step in ms. */
export function resolveAnalysis(
  options: AnalysisOptions,
  step: number,
  problems: Problems,
): ResolvedAnalysis {
  const shortWindow = Math.max(1, Math.min(LONGEST_WINDOW, Math.floor(step / 6)));
  const shortWarmup = Math.min(LONGEST_WARMUP, Math.floor(step / 3));
  const window = problems.duration("window", options.window ?? shortWindow, shortWindow);
  const warmup = problems.duration("warmup", options.warmup ?? shortWarmup, shortWarmup, 0);
  if (warmup + window > step && step > 1) {
    problems.add(
      "window",
      "warm-up and one window are longer than a step",
      "Make the step longer or these shorter.",
    );
  }
  const { extend = 2, onInconclusive = "rollback", alpha = 0.01, minimum = 100 } = options;
  problems.whole("extend", extend);
  problems.whole("minimum", minimum, 1);
  if (!POLICIES.includes(onInconclusive)) {
    const hint = 'Give "hold", "rollback" or "promote".';
    problems.add("onInconclusive", `"${onInconclusive}" is not one of the policies`, hint);
  }
  if (!(alpha > 0 && alpha <= 0.5)) {
    problems.add("alpha", `${String(alpha)} is not above 0 and at most 0.5`, "Give for example 0.01.");
  }
  return { window, warmup, extend, onInconclusive, alpha, minimum };
}

/** Notes a list of metrics that could not be told apart. */
export function checkMetrics(metrics: readonly Metric[], problems: Problems): void {
  const seen = new Set<string>();
  for (const metric of metrics) {
    if (typeof metric !== "object" || (metric as unknown) === null) {
      problems.add(
        "analysis",
        `${(metric as unknown) === null ? "null" : `a ${typeof metric}`} is not a metric`,
        "Call it: errorRate(), not errorRate.",
      );
      continue;
    }
    const { name } = metric;
    if (seen.has(name))
      problems.add("analysis", `two metrics are named "${name}"`, "Give each its own name.");
    seen.add(name);
  }
}

/** Notes what would be read and never used. */
export function refuseAnalysisOptions(options: AnalysisOptions, problems: Problems): void {
  const names = ["window", "warmup", "extend", "onInconclusive", "alpha", "minimum"] as const;
  for (const name of names) {
    if (options[name] === undefined) continue;
    problems.add(name, "has no meaning without `analysis`", "Give `analysis`, or leave the option out.");
  }
}
