import { messageOf, SluiceError } from "../errors/index.ts";
import type { StrategyNeeds } from "../model/index.ts";
import type { RolloutDriver, StrategyContext, StrategyResult } from "../ports/index.ts";
import { Analysis } from "./analysis/analysis.ts";
import type { ResolvedAnalysis } from "./analysis/options.ts";
import type { Preview } from "./blue-green.ts";
import type { Metric } from "./metrics/types.ts";
import { conduct } from "./rollout/conduct.ts";
import { exposeFirst } from "./rollout/first-release.ts";
import type { Rollout } from "./rollout/rollout.ts";
import { settle } from "./rollout/settle.ts";
import { untilCancelled } from "./rollout/until-cancelled.ts";

/** A blue-green release's options, resolved: what stands in the Plan. Times are ms; `null` where there is none. */
export interface BlueGreenSpec {
  readonly soak: number | null;
  readonly keepOld: number | null;
  readonly judge: ResolvedAnalysis | null;
}

interface BlueGreen {
  readonly spec: BlueGreenSpec;
  readonly metrics: readonly Metric[];
  readonly needs: StrategyNeeds;
  readonly verify: ((preview: Preview) => unknown) | undefined;
}

export function releaseBlueGreen(
  driver: RolloutDriver,
  options: BlueGreen,
  context: StrategyContext,
): Promise<StrategyResult> {
  return conduct(
    {
      kind: "blue-green",
      needs: options.needs,
      run: (rollout) => switchOver(rollout, options),
      first: async (rollout) => (await prepare(rollout, options)) ?? exposeFirst(rollout, options.metrics),
    },
    driver,
    context,
  );
}

async function switchOver(rollout: Rollout, options: BlueGreen): Promise<StrategyResult> {
  const { soak, keepOld, judge } = options.spec;
  const refused = await prepare(rollout, options);
  if (refused !== undefined) return refused;
  await rollout.route(100, 1, 1);
  const { context, driver } = rollout;
  if (soak !== null && judge === null) await context.clock.sleep(soak, context.signal);
  if (soak !== null && judge !== null) {
    const analysis = new Analysis({
      metrics: options.metrics,
      options: judge,
      counts: driver.counts,
      context,
    });
    const { target, stable, candidate } = rollout.state;
    const step = { target, stable, candidate, weight: 100, length: soak, warmup: judge.warmup, early: false };
    const result = await settle(rollout, await analysis.watch(step), judge.onInconclusive);
    if (result !== undefined) return result;
  }
  return rollout.promote(keepOld === null ? undefined : { keepOld });
}

/** Brings the candidate up and tries it. The rollout's result where it is refused. */
async function prepare(rollout: Rollout, { verify }: BlueGreen): Promise<StrategyResult | undefined> {
  // Where the traffic has been switched already, it was tried before.
  const tried = rollout.state.weight === 100;
  await rollout.bring(rollout.state.desired);
  if (verify === undefined || tried) return undefined;
  const problem = await tryPreview(rollout, verify);
  return problem === undefined ? undefined : rollout.refuse(`the preview was refused: ${problem}`);
}

/** What is wrong with the candidate, or `undefined`. Rejects with the signal's reason when the run is cancelled. */
async function tryPreview(
  rollout: Rollout,
  verify: (preview: Preview) => unknown,
): Promise<string | undefined> {
  const { context, state } = rollout;
  const { target, candidate } = state;
  if (candidate === undefined) throw new SluiceError("INTERNAL", `there is no candidate on ${target} to try`);
  const { url, revision, digest } = candidate;
  const { signal } = context;
  const log = (text: string): void => void context.step.write("stdout", `${text}\n`);
  const tried = async (): Promise<unknown> => await verify({ target, url, revision, digest, signal, log });
  try {
    return (await untilCancelled(tried(), signal)) === false ? "verify gave false" : undefined;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}
