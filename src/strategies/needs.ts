import type { StrategyNeeds } from "../model/index.ts";
import { needsCounts } from "./analysis/create-signals.ts";
import type { Metric } from "./metrics/types.ts";

/** What a strategy needs, with what its metrics do. */
export function needsOf(metrics: readonly Metric[], others: Omit<StrategyNeeds, "counts">): StrategyNeeds {
  const counted = metrics.find(needsCounts);
  return counted === undefined ? others : { ...others, counts: counted.name };
}
