import type { StrategyNeeds } from "../model/index.ts";
import type { RolloutDriver, StrategyContext, StrategyResult } from "../ports/index.ts";
import { Analysis } from "./analysis/analysis.ts";
import type { ResolvedAnalysis } from "./analysis/options.ts";
import type { Metric } from "./metrics/types.ts";
import { conduct } from "./rollout/conduct.ts";
import { releaseFirst } from "./rollout/first-release.ts";
import type { Rollout } from "./rollout/rollout.ts";
import { settle } from "./rollout/settle.ts";

/** How many replicas are replaced at a time where nothing is said. */
export const DEFAULT_BATCH = "25%";

/** A rolling release's options, resolved: what stands in the Plan. */
export interface RollingSpec {
  readonly batch: number | string;
  /** Milliseconds. */
  readonly pause: number | null;
  /** `null` where nothing is looked at. */
  readonly judge: ResolvedAnalysis | null;
}

interface Rolling {
  readonly spec: RollingSpec;
  readonly metrics: readonly Metric[];
  readonly needs: StrategyNeeds;
}

export function releaseRolling(
  driver: RolloutDriver,
  { spec, metrics, needs }: Rolling,
  context: StrategyContext,
): Promise<StrategyResult> {
  return conduct(
    {
      kind: "rolling",
      needs,
      whole: (rollout) => rollout.roll(),
      run: (rollout) => batchByBatch(rollout, spec, metrics),
      first: (rollout) => releaseFirst(rollout, metrics),
    },
    driver,
    context,
  );
}

async function batchByBatch(
  rollout: Rollout,
  spec: RollingSpec,
  metrics: readonly Metric[],
): Promise<StrategyResult> {
  const { desired } = rollout.state;
  const sizes = batchSizes(spec.batch, desired);
  const watch = createWatch(rollout, spec, metrics);
  if (sizes.length === 0 && metrics.length > 0) {
    const message = `all ${desired} replicas are one batch, so the analysis has nothing to look at`;
    rollout.context.step.emit({ type: "warning", message });
  }
  for (const [index, size] of sizes.entries()) {
    const weight = Math.min(99, Math.max(1, Math.round((100 * size) / desired)));
    const { candidate } = rollout.state;
    // An interrupted run continues with the batch that it was in.
    if (weight < rollout.asked || size < (candidate?.replicas ?? 0)) continue;
    const grew = await rollout.bring(size);
    await rollout.route(weight, index + 1, sizes.length);
    await rollout.shrinkStable(desired - size);
    const result = await watch(weight, grew);
    if (result !== undefined) return result;
  }
  await rollout.bring(desired);
  return rollout.promote();
}

type Watch = (weight: number, grew: boolean) => Promise<StrategyResult | undefined>;

/** What is done in the pause after a batch. */
function createWatch(rollout: Rollout, spec: RollingSpec, metrics: readonly Metric[]): Watch {
  const { context, driver } = rollout;
  const { pause, judge } = spec;
  if (pause === null) return () => Promise.resolve(undefined);
  if (judge === null) {
    return async () => {
      await context.clock.sleep(pause, context.signal);
      return undefined;
    };
  }
  const analysis = new Analysis({ metrics, options: judge, counts: driver.counts, context });
  return async (weight, grew) => {
    const { target, stable, candidate } = rollout.state;
    const step = {
      target,
      weight,
      stable,
      candidate,
      length: pause,
      warmup: grew ? judge.warmup : 0,
      early: false,
    };
    return settle(rollout, await analysis.watch(step), judge.onInconclusive);
  };
}

/** How many replicas of the candidate there are after each batch but the last. */
function batchSizes(batch: number | string, desired: number): readonly number[] {
  const count = typeof batch === "number" ? batch : Math.ceil((desired * Number.parseFloat(batch)) / 100);
  const sizes: number[] = [];
  for (let size = Math.max(1, count); size < desired; size += Math.max(1, count)) sizes.push(size);
  return sizes;
}
