import type { Strategy } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import { type AnalysisOptions, type Baseline, checkMetrics, resolveAnalysis } from "./analysis/options.ts";
import { describeMetric } from "./metrics/describe.ts";
import type { Metric } from "./metrics/types.ts";
import { needsOf } from "./needs.ts";
import { Problems } from "./problems.ts";
import { type CanarySpec, releaseCanary } from "./release-canary.ts";

export interface CanaryOptions extends AnalysisOptions {
  /** Per cent of the traffic at each step: whole numbers from 1 to 99, ascending. 100 follows by itself. */
  readonly steps: readonly number[];
  /** How long each step is watched, unless it fails or passes early before. */
  readonly every: Duration;
  /** What is looked at; at least one. */
  readonly analysis: readonly Metric[];
  /**
   * Whether a step ends as soon as every metric is shown not to be twice as bad as stable. Plain limits (`max`, `min`)
   * never pass early. @defaultValue `true`
   */
  readonly early?: boolean;
  /**
   * Replicas of the candidate: in proportion to its weight (rounded up), or a fixed number. Before it gets all
   * traffic it is brought to full size in either case. @defaultValue `"proportional"`
   */
  readonly replicas?: "proportional" | number;
  /**
   * What `errorRate()` and `latency()` compare the candidate with: all of stable's traffic, which shows rare errors
   * soonest, or a fresh baseline, as many new replicas of the stable release as the candidate has, brought up with it and
   * removed at the end. A fresh one takes out what age and warming up do (caches, compilers, leaks) and costs evidence.
   * The target has to be able to bring it up; Kubernetes is.
   *
   * Source: the practice of Netflix and Google with Kayenta, "Automated Canary Analysis at Netflix with Kayenta" (2018).
   * @defaultValue `"stable"`
   */
  readonly baseline?: Baseline;
}

const STEPS_HINT = "Give ascending whole numbers from 1 to 99, such as [5, 25, 50].";
const BASELINE_HINT = 'Give "stable", or "fresh" with errorRate() or latency() without max.';
const ANALYSIS_HINT =
  "Give for example [errorRate(), latency()], or use rolling({ pause }) to judge nothing.";

/**
 * Releases step by step: some of the traffic goes to the candidate, beside stable at full size, and the next step
 * follows only when the analysis says so.
 *
 * The judge has three outcomes. A candidate that is worse is taken back; one that is not goes on; where nothing can be
 * said (no traffic, no data, a metric source that fails) the step is extended, and then `onInconclusive` decides.
 * Whatever is looked at, more than half of at least 20 requests failing takes it back at once.
 *
 * A run that was killed continues with the step that the target is at.
 *
 * The first release of a target has nothing to be compared with: it gets all traffic once it is healthy.
 *
 * @throws `DEFINITION_INVALID` where options are wrong, all problems at once.
 *
 * @example
 * ```ts
 * import { canary, errorRate, latency } from "sluice/deploy";
 *
 * canary({ steps: [5, 25, 50], every: "2m", analysis: [errorRate(), latency({ quantile: 0.99 })] });
 * ```
 */
export function canary(options: CanaryOptions): Strategy {
  const problems = new Problems("canary");
  problems.object(options);
  const { early = true, replicas = "proportional", baseline = "stable" } = options;
  const steps = problems.list("steps", options.steps, STEPS_HINT);
  checkSteps(steps, problems);
  const every = problems.duration("every", options.every, 1);
  const metrics = problems.list("analysis", options.analysis, ANALYSIS_HINT);
  checkMetrics(metrics, problems);
  if (replicas !== "proportional") problems.whole("replicas", replicas, 1);
  checkBaseline(baseline, metrics, problems);
  const judge = resolveAnalysis(options, every, problems);
  problems.throwIfAny();
  const needs = needsOf(metrics, { beside: true, baseline: baseline === "fresh" });
  return {
    kind: "canary",
    needs,
    spec: {
      steps: [...steps],
      every,
      early,
      replicas,
      baseline,
      judge,
      analysis: metrics.map(describeMetric),
    },
    release: (driver, resolved: CanarySpec, context) =>
      releaseCanary(driver, { spec: resolved, metrics, needs }, context),
  };
}

function checkBaseline(baseline: Baseline, metrics: readonly Metric[], problems: Problems): void {
  if (baseline === "stable") return;
  if ((baseline as string) !== "fresh") {
    problems.add("baseline", `${JSON.stringify(baseline)} is not known`, BASELINE_HINT);
  } else if (!metrics.some(({ kind }) => kind === "compared")) {
    problems.add("baseline", "no metric would be compared with it", BASELINE_HINT);
  }
}

function checkSteps(steps: readonly number[], problems: Problems): void {
  for (const [index, weight] of steps.entries()) {
    const before = steps[index - 1];
    if (!Number.isInteger(weight) || weight < 1 || weight > 99) {
      const message = `${String(weight)} is not a whole number from 1 to 99 (100 follows by itself)`;
      problems.add("steps", message, STEPS_HINT);
    } else if (before !== undefined && weight <= before) {
      problems.add("steps", `${weight} does not ascend from ${before}`, STEPS_HINT);
    }
  }
}
