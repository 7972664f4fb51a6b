import { isSluiceError, messageOf, SluiceError } from "../../errors/index.ts";
import type { RolloutDriver, StrategyContext, StrategyResult } from "../../ports/index.ts";
import { needsCounts } from "../analysis/create-signals.ts";
import type { Baseline } from "../analysis/options.ts";
import type { Metric } from "../metrics/types.ts";
import { endWhatWasDecided, wasPromoted } from "./earlier.ts";
import { AbortFailure, Rollout } from "./rollout.ts";

/** What makes one strategy differ from another. */
export interface Conduct {
  readonly kind: string;
  readonly metrics: readonly Metric[];
  /** Whether the target must be able to bring up a baseline. @defaultValue "stable" */
  readonly baseline?: Baseline;
  /** Releases beside a stable release. */
  readonly run: (rollout: Rollout) => Promise<StrategyResult>;
  /** Releases where there is none to compare with or go back to. */
  readonly first: (rollout: Rollout) => Promise<StrategyResult>;
}

/**
 * What all strategies do alike: start from what is true, and leave something well-defined behind. A target that is
 * current is left alone, what an earlier process had decided and died over is ended; an unhealthy candidate is taken back and that is the result; any other error, and a
 * cancellation, takes the candidate back and is passed on.
 */
export async function conduct(
  { kind, metrics, baseline, run, first }: Conduct,
  driver: RolloutDriver,
  context: StrategyContext,
): Promise<StrategyResult> {
  context.signal.throwIfAborted();
  const state = await driver.observe();
  const rollout = new Rollout({ kind, driver, context, state });
  if (state.current) {
    // Stable is what shall be deployed, so a candidate beside it is left over from something else.
    if (state.candidate !== undefined)
      await rollout.abort("the release that is live is the one that is wanted");
    const release = await driver.promote();
    if (wasPromoted(context.step.earlier, release)) {
      context.emit({ type: "rollout.promoted", target: state.target, release });
    }
    return { outcome: "released", release };
  }
  const blind = driver.counts === undefined ? metrics.find(needsCounts) : undefined;
  if (blind !== undefined) {
    throw new SluiceError(
      "METRICS_UNAVAILABLE",
      `${state.target} counts no requests, which "${blind.name}" is made of`,
      {
        hint: "Give a target on a cluster `counts: prometheus({ ... }).counts({ ... })`, ask a monitoring system by `metric({ query })`, or deploy by `rolling()` without analysis.",
      },
    );
  }
  if (driver.roll !== undefined && kind !== "rolling") {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${kind} needs a release that can stand beside the one before it, and what is deployed to ${state.target} replaces it`,
      { hint: "Deploy manifests, kustomize and helm by rolling(), or make a service() of it." },
    );
  }
  if (baseline === "fresh" && driver.baseline === undefined) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${kind} with a fresh baseline needs a target that can bring one up, and ${state.target} cannot`,
      {
        hint: 'Leave out `baseline: "fresh"`: the candidate is then compared with all of stable\'s traffic.',
      },
    );
  }
  const ended = await endWhatWasDecided(rollout);
  if (ended !== undefined) return ended;
  try {
    // Left by a process that went by another strategy.
    if (baseline !== "fresh") await rollout.baseline(0);
    return await (hasNobody(rollout) ? first(rollout) : run(rollout));
  } catch (error) {
    return takeBack(rollout, error);
  }
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

async function takeBack(rollout: Rollout, error: unknown): Promise<StrategyResult> {
  if (error instanceof AbortFailure) throw error;
  const { signal } = rollout.context;
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (!rollout.touched) throw cause;
  const text = messageOf(cause);
  const refused = !signal.aborted && isSluiceError(error) && error.code === "RELEASE_UNHEALTHY";
  const reason = signal.aborted ? `the rollout was interrupted: ${text}` : text;
  let result: StrategyResult;
  try {
    result = await (refused ? rollout.refuse(reason) : rollout.abort(reason));
  } catch (failure) {
    if (!(failure instanceof AbortFailure)) throw failure;
    const both = new AggregateError([cause, failure.cause], failure.message);
    throw new SluiceError(failure.code, failure.message, { hint: failure.hint, cause: both });
  }
  if (refused || (result.outcome === "held" && !signal.aborted)) return result;
  throw cause;
}
