import type { NodePreview } from "../graph/preview-text.ts";
import type { Plan } from "../model/index.ts";
import type { CachePrediction } from "./predict-cache.ts";
import type { Prediction } from "./predict.ts";

/** What is known before a run of how it would go, as data: what `plan` says beside the Plan. */
export interface Forecast {
  /** Whether no network was asked, so that targets and a remote cache say nothing. */
  readonly offline: boolean;
  /** By node id. */
  readonly nodes: Readonly<Record<string, NodeForecast>>;
  /** What each deploy would change where it goes. */
  readonly targets: readonly NodePreview[];
}

export interface NodeForecast {
  /** `open` is decided during the run. */
  readonly state: "runs" | "skipped" | "open";
  /** In words; empty says nothing more. */
  readonly why: string;
  /** Absent where the node is not cached, or is skipped. */
  readonly cache?: CachePrediction;
}

export function forecastOf(
  plan: Plan,
  {
    predictions,
    caches,
    ...rest
  }: {
    readonly predictions: ReadonlyMap<string, Prediction>;
    readonly caches: ReadonlyMap<string, CachePrediction>;
    readonly offline: boolean;
    readonly targets: readonly NodePreview[];
  },
): Forecast {
  const conditional = new Set(plan.stages.flatMap(({ name, when }) => (when === null ? [] : [name])));
  const nodes = plan.nodes.map(({ id, stage, when }): [string, NodeForecast] => {
    const known = predictions.get(id);
    const runs = known?.runs ?? (when === null && !conditional.has(stage) ? true : undefined);
    const state = runs === undefined ? "open" : runs ? "runs" : "skipped";
    const cache = caches.get(id);
    return [id, { state, why: known?.why ?? "", ...(cache === undefined ? {} : { cache }) }];
  });
  return { ...rest, nodes: Object.fromEntries(nodes) };
}
