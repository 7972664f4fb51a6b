import type { Strategy } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import {
  type AnalysisOptions,
  checkMetrics,
  refuseAnalysisOptions,
  resolveAnalysis,
} from "./analysis/options.ts";
import { describeMetric } from "./metrics/describe.ts";
import type { Metric } from "./metrics/types.ts";
import { needsOf } from "./needs.ts";
import { Problems } from "./problems.ts";
import { DEFAULT_BATCH, releaseRolling, type RollingSpec } from "./release-rolling.ts";

export interface RollingOptions extends AnalysisOptions {
  /** How many replicas are replaced at a time: a number, or a share of all (rounded up). @defaultValue `"25%"` */
  readonly batch?: number | `${number}%`;
  /** How long to wait after every batch but the last. @defaultValue none */
  readonly pause?: Duration;
  /** What is looked at in each pause. @defaultValue nothing: a batch that becomes healthy is enough */
  readonly analysis?: readonly Metric[];
}

const ANALYSIS_HINT = "Give for example [errorRate({ max: 0.01 })], or leave it out.";
const SHARE = /^\d+(\.\d+)?%$/;

/**
 * Replaces the replicas batch by batch: new ones come up and become ready, traffic moves over in proportion, then as
 * many old ones end. Capacity never falls below what is wanted.
 *
 * With `analysis`, each pause is judged as a canary's step is; the last batch takes over once the ones before it were
 * good, because there is no stable traffic left to compare with. A batch that does not become healthy takes the
 * release back.
 *
 * @throws `DEFINITION_INVALID` where options are wrong, all problems at once.
 *
 * @example
 * ```ts
 * import { errorRate, rolling } from "sluice/deploy";
 *
 * rolling();
 * rolling({ batch: 1, pause: "1m", analysis: [errorRate()] });
 * ```
 */
export function rolling(options: RollingOptions = {}): Strategy {
  const problems = new Problems("rolling");
  problems.object(options);
  const { batch = DEFAULT_BATCH, analysis = [] } = options;
  const metrics = problems.list("analysis", analysis, ANALYSIS_HINT, 0);
  checkBatch(batch, problems);
  const pause = options.pause === undefined ? null : problems.duration("pause", options.pause, 1);
  if (metrics.length === 0) refuseAnalysisOptions(options, problems);
  else if (pause === null) problems.add("pause", "is needed to look at anything", 'Give for example "1m".');
  checkMetrics(metrics, problems);
  const judge = metrics.length === 0 ? null : resolveAnalysis(options, pause ?? 1, problems);
  problems.throwIfAny();
  // What rolls out by itself does so in its own batches, and without a pause to look at anything.
  const batches = [...(batch === DEFAULT_BATCH ? [] : ["batch"]), ...(pause === null ? [] : ["pause"])];
  const needs = needsOf(metrics, { batches });
  return {
    kind: "rolling",
    needs,
    spec: { batch, pause, judge, analysis: metrics.map(describeMetric) },
    release: (driver, resolved: RollingSpec, context) =>
      releaseRolling(driver, { spec: resolved, metrics, needs }, context),
  };
}

function checkBatch(batch: number | string, problems: Problems): void {
  if (typeof batch === "number") {
    problems.whole("batch", batch, 1);
    return;
  }
  const share = SHARE.test(batch) ? Number.parseFloat(batch) : 0;
  if (share > 0 && share <= 100) return;
  problems.add(
    "batch",
    `"${batch}" is not a share above 0 % and up to 100 %`,
    'Give a number or text such as "25%".',
  );
}
