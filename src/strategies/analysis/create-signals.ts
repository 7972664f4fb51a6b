import type { Clock } from "../../ports/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import type { Metric } from "../metrics/types.ts";
import { ComparedSignal } from "./compared-signal.ts";
import type { Baseline, ResolvedAnalysis } from "./options.ts";
import { ScoreSignal } from "./score-signal.ts";
import type { Signal } from "./signal.ts";
import { ThresholdSignal } from "./threshold-signal.ts";

/** The signals of one rollout. `alpha` is shared out among those that are tested sequentially (Bonferroni). */
export function createSignals(
  metrics: readonly Metric[],
  options: Pick<ResolvedAnalysis, "alpha" | "window" | "minimum"> & { readonly baseline: Baseline },
  clock: Clock,
): readonly Signal[] {
  const { alpha, window, minimum, baseline } = options;
  const tested = metrics.filter((metric) => metric.kind !== "threshold").length;
  const share = alpha / Math.max(1, tested);
  return metrics.map((metric) => {
    switch (metric.kind) {
      case "compared":
        return new ComparedSignal(metric, { alpha: share, window, minimum, baseline });
      case "threshold":
        return new ThresholdSignal(metric, { clock, window });
      case "scores":
        return new ScoreSignal(metric, { alpha: share, clock, window });
      default:
        return unreachable(metric);
    }
  });
}

/** Whether a metric is read from the counts that the target itself takes. */
export function needsCounts(metric: Metric): boolean {
  return metric.kind === "compared" || (metric.kind === "threshold" && metric.of.kind !== "query");
}
