import type { StrategyResult } from "../../ports/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import type { StepVerdict } from "../analysis/analysis.ts";
import type { InconclusivePolicy } from "../analysis/options.ts";
import type { Rollout } from "./rollout.ts";

/** Acts on a step's verdict: the rollout's result, or `undefined` where it goes on. */
export async function settle(
  rollout: Rollout,
  verdict: StepVerdict,
  policy: InconclusivePolicy,
): Promise<StrategyResult | undefined> {
  const at = `at ${rollout.state.weight} % of the traffic`;
  if (verdict.outcome === "pass") return undefined;
  if (verdict.outcome === "fail") return rollout.refuse(`${verdict.reason}, ${at}`);
  const reason = `inconclusive ${at}: ${verdict.reason}`;
  switch (policy) {
    case "hold":
      return rollout.hold(reason);
    case "rollback":
      return rollout.refuse(reason);
    case "promote":
      return undefined;
    default:
      return unreachable(policy);
  }
}
