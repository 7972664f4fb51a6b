import type { StrategyNeeds } from "../../model/index.ts";
import type { RolloutDriver, StrategyContext, StrategyResult } from "../../ports/index.ts";
import { refuseIncapable } from "./capabilities.ts";
import { endWhatWasDecided, wasPromoted } from "./earlier.ts";
import { Rollout } from "./rollout.ts";
import { takeBack } from "./take-back.ts";

/** What makes one strategy differ from another. */
export interface Conduct {
  readonly kind: string;
  readonly needs: StrategyNeeds;
  /** Releases what rolls out by itself, in one go. Absent where the strategy needs a candidate beside stable. */
  readonly whole?: (rollout: Rollout) => Promise<StrategyResult>;
  /** Releases beside a stable release. */
  readonly run: (rollout: Rollout) => Promise<StrategyResult>;
  /** Releases where there is none to compare with or go back to. */
  readonly first: (rollout: Rollout) => Promise<StrategyResult>;
}

/**
 * What all strategies do alike: start from what is true, and leave something well-defined behind. A target that is
 * current is left alone, what an earlier process had decided and died over is ended; an unhealthy candidate is taken back
 * and that is the result; any other error, and a cancellation, takes the candidate back and is passed on.
 */
export async function conduct(
  how: Conduct,
  driver: RolloutDriver,
  context: StrategyContext,
): Promise<StrategyResult> {
  context.signal.throwIfAborted();
  const state = await driver.observe();
  const rollout = new Rollout({ kind: how.kind, driver, context, state });
  if (state.current) return await leaveCurrent(rollout);
  refuseIncapable(how, rollout);
  const ended = await endWhatWasDecided(rollout);
  if (ended !== undefined) return ended;
  try {
    // Left by a process that went by another strategy.
    if (how.needs.baseline !== true) await rollout.baseline(0);
    return await wayOf(how, rollout)(rollout);
  } catch (error) {
    return takeBack(rollout, error);
  }
}

/** Stable is what shall be deployed: ends what is left over beside it. */
async function leaveCurrent(rollout: Rollout): Promise<StrategyResult> {
  const { state, driver, context } = rollout;
  if (state.candidate !== undefined)
    await rollout.abort("the release that is live is the one that is wanted");
  const release = await driver.promote();
  if (wasPromoted(context.step.earlier, release)) {
    context.emit({ type: "rollout.promoted", target: state.target, release });
  }
  return { outcome: "released", release };
}

function wayOf({ whole, first, run }: Conduct, rollout: Rollout): Conduct["run"] {
  if (rollout.driver.roll !== undefined && whole !== undefined) return whole;
  return hasNobody(rollout) ? first : run;
}

/**
 * Whether there is no stable release to share the traffic with, or none of its replicas is well: then a release that was
 * begun step by step would wait for it, and could be compared with nothing.
 */
function hasNobody({ state, context, asked }: Rollout): boolean {
  const { stable, target } = state;
  if (stable === undefined) return true;
  if (stable.ready > 0 || asked > 0) return false;
  const message = `no replica of revision ${stable.revision} on ${target} is ready, so the new release takes all traffic at once`;
  context.step.emit({ type: "warning", message });
  return true;
}
