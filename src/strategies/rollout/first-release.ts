import type { StrategyResult } from "../../ports/index.ts";
import type { Metric } from "../metrics/types.ts";
import type { Rollout } from "./rollout.ts";

/** The whole of a release that stands alone: every replica, all traffic. Healthy is all that it can be asked to be. */
export async function releaseFirst(rollout: Rollout, metrics: readonly Metric[]): Promise<StrategyResult> {
  await rollout.bring(rollout.state.desired);
  return exposeFirst(rollout, metrics);
}

/** The second half of it, once the replicas are there. */
export async function exposeFirst(rollout: Rollout, metrics: readonly Metric[]): Promise<StrategyResult> {
  const { stable, target } = rollout.state;
  const alone =
    stable === undefined
      ? `first release on ${target}, so there is no stable release to compare with`
      : `no replica of revision ${stable.revision} on ${target} is ready, so there is nothing to compare with`;
  if (metrics.length > 0) {
    const signals = metrics.map(({ name }) => ({
      name,
      outcome: "inconclusive" as const,
      text: `${name}: ${alone}`,
    }));
    rollout.context.emit({ type: "rollout.analysis", target, outcome: "inconclusive", signals });
  }
  await rollout.route(100, 1, 1);
  return rollout.promote();
}
