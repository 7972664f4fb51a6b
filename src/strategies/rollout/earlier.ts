import type { Release, RolloutAborted, RolloutEvent } from "../../model/index.ts";
import type { StrategyResult } from "../../ports/index.ts";
import type { Rollout } from "./rollout.ts";

/**
 * Ends what an earlier process of the run had decided and died over: an abort that it announced, a candidate that it
 * held. Gives the rollout's result where that is one; `undefined` where the release is gone on with. The target alone
 * could not tell: a candidate without traffic may be one that is being taken back or one that has just been started.
 */
export async function endWhatWasDecided(rollout: Rollout): Promise<StrategyResult | undefined> {
  const { earlier } = rollout.context.step;
  const last = earlier.findLast(({ type }) => type !== "rollout.analysis");
  if (last?.type === "rollout.held") {
    // A person who has taken it back by hand since wants the next one.
    return rollout.state.candidate === undefined ? undefined : rollout.hold(last.reason);
  }
  if (last?.type !== "rollout.aborting" && last?.type !== "rollout.aborted") return undefined;
  const result = last.type === "rollout.aborting" ? await rollout.finishAbort(last.reason) : asTold(last);
  const announced = earlier.findLast((event) => event.type === "rollout.aborting");
  if (announced?.refused === true) return result;
  await rollout.lookAgain();
  return undefined;
}

function asTold({ reason, restored }: RolloutAborted): StrategyResult {
  return { outcome: "rolled-back", reason, ...(restored === undefined ? {} : { restored }) };
}

/** Whether `release` is what an earlier process of the run rolled out, without having told that it was promoted. */
export function wasPromoted(earlier: readonly RolloutEvent[], release: Release): boolean {
  const began = earlier.some(
    (event) => event.type === "rollout.started" && event.revision === release.revision,
  );
  return began && !earlier.some((event) => event.type === "rollout.promoted");
}
