import type { StrategyNeeds } from "../model/index.ts";
import type { RolloutDriver, RolloutState, StrategyContext, StrategyResult } from "../ports/index.ts";
import { Analysis } from "./analysis/analysis.ts";
import type { Baseline, ResolvedAnalysis } from "./analysis/options.ts";
import type { Metric } from "./metrics/types.ts";
import { conduct } from "./rollout/conduct.ts";
import { releaseFirst } from "./rollout/first-release.ts";
import type { Rollout } from "./rollout/rollout.ts";
import { settle } from "./rollout/settle.ts";

/** A canary's options, resolved: what stands in the Plan. Times are ms. */
export interface CanarySpec {
  readonly steps: readonly number[];
  readonly every: number;
  readonly early: boolean;
  readonly replicas: "proportional" | number;
  readonly baseline: Baseline;
  readonly judge: ResolvedAnalysis;
}

interface Canary {
  readonly spec: CanarySpec;
  readonly metrics: readonly Metric[];
  readonly needs: StrategyNeeds;
}

export function releaseCanary(
  driver: RolloutDriver,
  { spec, metrics, needs }: Canary,
  context: StrategyContext,
): Promise<StrategyResult> {
  return conduct(
    {
      kind: "canary",
      needs,
      run: (rollout) => stepByStep(rollout, spec, metrics),
      first: (rollout) => releaseFirst(rollout, metrics),
    },
    driver,
    context,
  );
}

async function stepByStep(
  rollout: Rollout,
  spec: CanarySpec,
  metrics: readonly Metric[],
): Promise<StrategyResult> {
  const { context, driver } = rollout;
  const { steps, every: length, early, baseline, judge } = spec;
  const analysis = new Analysis({ metrics, options: judge, counts: driver.counts, baseline, context });
  for (const [index, weight] of steps.entries()) {
    // An interrupted run continues with the step that it was in.
    if (weight < rollout.asked) continue;
    const grew = await rollout.bring(replicasAt(weight, spec, rollout.state));
    await rollout.route(weight, index + 1, steps.length);
    // As many as the candidate has now that the target has made of the weight what it can.
    const replicas = rollout.state.candidate?.replicas ?? 1;
    const renewed = baseline === "fresh" && (await rollout.baseline(replicas));
    const warmup = grew || renewed ? judge.warmup : 0;
    const { target, stable, candidate } = rollout.state;
    const verdict = await analysis.watch({ target, weight, stable, candidate, length, warmup, early });
    const result = await settle(rollout, verdict, judge.onInconclusive);
    if (result !== undefined) return result;
  }
  await rollout.bring(rollout.state.desired);
  return rollout.promote();
}

function replicasAt(weight: number, { replicas }: CanarySpec, { desired }: RolloutState): number {
  return replicas === "proportional" ? Math.max(1, Math.ceil((desired * weight) / 100)) : replicas;
}
