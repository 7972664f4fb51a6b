import type { Strategy } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import {
  type AnalysisOptions,
  checkMetrics,
  refuseAnalysisOptions,
  resolveAnalysis,
} from "./analysis/options.ts";
import { describeMetric, functionName } from "./metrics/describe.ts";
import type { Metric } from "./metrics/types.ts";
import { needsOf } from "./needs.ts";
import { Problems } from "./problems.ts";
import { type BlueGreenSpec, releaseBlueGreen } from "./release-blue-green.ts";

/** The candidate before it gets any traffic. */
export interface Preview {
  readonly target: string;
  /** Where the candidate alone answers. */
  readonly url: string;
  readonly revision: number;
  readonly digest: string;
  /** Fires when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Prints a line to the node's log. */
  log(text: string): void;
}

export interface BlueGreenOptions extends AnalysisOptions {
  /**
   * Tries the candidate at its preview address, before it gets traffic. Throwing (or rejecting, or giving `false`)
   * takes it back. It is run again when an interrupted run continues before the switch.
   */
  readonly verify?: (preview: Preview) => unknown;
  /** How long the old release stays at full size after the switch, ready to take over again. @defaultValue none */
  readonly soak?: Duration;
  /**
   * What is looked at while it soaks. There is no stable traffic then, so `errorRate()` and `latency()` need a `max`.
   * @defaultValue nothing
   */
  readonly analysis?: readonly Metric[];
  /**
   * How long the old release's replicas are kept after that, without traffic. In a cluster, where nothing of Sluice runs,
   * the deploy lasts that much longer, and leaves the target free for a `rollback` meanwhile. @defaultValue the target's
   */
  readonly keepOld?: Duration;
}

const ANALYSIS_HINT = "Give for example [errorRate({ max: 0.01 })], or leave it out.";

/**
 * Brings the whole candidate up beside stable, tries it, then moves all traffic at once; stable stays at full size
 * while the candidate soaks, so that going back takes no start-up.
 *
 * @throws `DEFINITION_INVALID` where options are wrong, all problems at once.
 *
 * @example
 * ```ts
 * import { blueGreen, errorRate } from "sluice/deploy";
 *
 * blueGreen({
 *   verify: async ({ url, signal }) => (await fetch(`${url}/healthz`, { signal })).ok,
 *   soak: "5m",
 *   analysis: [errorRate({ max: 0.01, failureLimit: 1 })],
 *   keepOld: "1h",
 * });
 * ```
 */
export function blueGreen(options: BlueGreenOptions = {}): Strategy {
  const problems = new Problems("blueGreen");
  problems.object(options);
  const { verify, analysis = [] } = options;
  const metrics = problems.list("analysis", analysis, ANALYSIS_HINT, 0);
  if (verify !== undefined && typeof verify !== "function") {
    problems.add("verify", `a ${typeof verify} cannot be called`, "Give a function of the preview.");
  }
  const soak = options.soak === undefined ? null : problems.duration("soak", options.soak, 1);
  const keepOld = options.keepOld === undefined ? null : problems.duration("keepOld", options.keepOld, 0, 0);
  if (metrics.length === 0) refuseAnalysisOptions(options, problems);
  else if (soak === null) problems.add("soak", "is needed to look at anything", 'Give for example "5m".');
  checkMetrics(metrics, problems);
  for (const { kind, name } of metrics) {
    if (kind !== "compared") continue;
    const hint = "Give it a `max`; after the switch stable has no traffic.";
    problems.add("analysis", `"${name}" would be compared with stable's traffic, and there is none`, hint);
  }
  const judge = metrics.length === 0 ? null : resolveAnalysis(options, soak ?? 1, problems);
  problems.throwIfAny();
  const verifies = verify === undefined ? null : functionName(verify);
  const needs = needsOf(metrics, { beside: true });
  return {
    kind: "blue-green",
    needs,
    spec: { verify: verifies, soak, keepOld, judge, analysis: metrics.map(describeMetric) },
    release: (driver, spec: BlueGreenSpec, context) =>
      releaseBlueGreen(driver, { spec, metrics, needs, verify }, context),
  };
}
