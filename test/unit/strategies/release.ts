import type { SignalReport } from "../../../src/model/index.ts";
import type { Strategy, StrategyResult } from "../../../src/ports/index.ts";
import {
  type RolloutContext,
  rolloutContext,
  type ScriptedDriver,
  scriptedDriver,
  type ScriptedDriverOptions,
  type TrafficMoment,
  type VirtualClock,
  virtualClock,
} from "../../../src/testing/index.ts";

export interface Released {
  readonly result: StrategyResult;
  readonly driver: ScriptedDriver;
  readonly context: RolloutContext;
  /** Seconds that it took. */
  readonly seconds: number;
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly driver: ScriptedDriver;
  readonly context: RolloutContext;
  readonly start: (strategy: Strategy) => Promise<StrategyResult>;
}

export function rig(options: Omit<ScriptedDriverOptions, "clock"> = {}, signal?: AbortSignal): Rig {
  const clock = virtualClock();
  const driver = scriptedDriver({ clock, ...options });
  const context = rolloutContext(signal === undefined ? { clock } : { clock, signal });
  const start = (strategy: Strategy): Promise<StrategyResult> =>
    strategy.release(driver, strategy.spec as never, context);
  return { clock, driver, context, start };
}

/** Releases to a scripted target, to the end. */
export async function release(
  strategy: Strategy,
  options: Omit<ScriptedDriverOptions, "clock"> = {},
): Promise<Released> {
  const { clock, driver, context, start } = rig(options);
  const began = clock.now();
  const result = await clock.run(start(strategy));
  return { result, driver, context, seconds: (clock.now() - began) / 1_000 };
}

/** A figure that is `candidate` on that side and `stable` on the other. */
export function bySide(candidate: number, stable: number): (moment: TrafficMoment) => number {
  return ({ side }) => (side === "candidate" ? candidate : stable);
}

/** The calls as text, for example `start(1)`; those that changed nothing end in `~`. */
export function calls(driver: ScriptedDriver): readonly string[] {
  return driver.calls.map(({ call, args, changed }) => {
    const shown =
      call === "abort"
        ? ""
        : args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg))).join(",");
    return `${call}(${shown})${changed ? "" : "~"}`;
  });
}

/** What the analysis said, in order. */
export function analyses(
  context: RolloutContext,
): readonly { readonly outcome: string; readonly signals: readonly SignalReport[] }[] {
  return context.events.filter((event) => event.type === "rollout.analysis");
}
