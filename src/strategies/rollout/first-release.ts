import type { StrategyResult } from "../../ports/index.ts";
import type { Metric } from "../metrics/types.ts";
import type { Rollout } from "./rollout.ts";

/** The whole of a first release: every replica, all traffic. Healthy is all that it can be asked to be. */
export async function releaseFirst(rollout: Rollout, metrics: readonly Metric[]): Promise<StrategyResult> {
  await rollout.bring(rollout.state.desired);
  return exposeFirst(rollout, metrics);
}

/** The second half of it, once the replicas are there. */
export async function exposeFirst(rollout: Rollout, metrics: readonly Metric[]): Promise<StrategyResult> {
  if (metrics.length > 0) {
    const signals = metrics.map(({ name }) => ({
      name,
      outcome: "inconclusive" as const,
      text: `${name}: first release on ${rollout.state.target}, so there is no stable release to compare with`,
    }));
    const { target } = rollout.state;
    rollout.context.emit({ type: "rollout.analysis", target, outcome: "inconclusive", signals });
  }
  await rollout.route(100, 1, 1);
  return rollout.promote();
}
