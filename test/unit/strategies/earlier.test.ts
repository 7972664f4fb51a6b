import { describe, expect, test } from "vitest";
import type { RolloutProgress } from "../../../src/ports/index.ts";
import { canary, errorRate } from "../../../src/strategies/index.ts";
import {
  rolloutContext,
  scriptedDriver,
  type ScriptedDriverOptions,
  virtualClock,
} from "../../../src/testing/index.ts";

const target = "scripted";
const started: RolloutProgress = {
  type: "rollout.started",
  target,
  strategy: "canary",
  revision: 2,
  from: 1,
};
const reason = "too many errors";
const refusing: RolloutProgress = { type: "rollout.aborting", target, reason, refused: true };
const stopping: RolloutProgress = { type: "rollout.aborting", target, reason: "stopped" };
const aborted: RolloutProgress = { type: "rollout.aborted", target, reason, restored: 1 };
const held: RolloutProgress = { type: "rollout.held", target, weight: 50, reason: "no traffic" };

/** Goes on after a process that died, having told `earlier` and brought its candidate to `weight`. */
async function goOn(
  earlier: readonly RolloutProgress[],
  weight: number | undefined,
  options: Partial<ScriptedDriverOptions> = {},
) {
  const clock = virtualClock();
  const driver = scriptedDriver({ clock, ...options });
  if (weight !== undefined) {
    await driver.start(2);
    await driver.route(weight);
  }
  const before = driver.calls.length;
  const context = rolloutContext({ clock, earlier });
  const strategy = canary({ steps: [10, 50], every: "1m", analysis: [errorRate()] });
  const result = await clock.run(strategy.release(driver, strategy.spec as never, context));
  const calls = driver.calls.slice(before).map(({ call }) => call);
  return { result, calls, driver, told: context.events.map(({ type }) => type) };
}

describe("a rollout whose process died", () => {
  test("while it took back what was refused: that is ended, and is the result", async () => {
    for (const weight of [50, 0]) {
      const { result, calls, driver, told } = await goOn([started, refusing], weight);
      expect(result).toEqual({ outcome: "rolled-back", reason, restored: 1 });
      expect(calls).toEqual(["abort"]);
      expect(told).toEqual(["rollout.aborted"]);
      expect(driver.state).toMatchObject({ weight: 0, candidate: undefined, stable: { revision: 1 } });
    }
  });

  test("after it had: nothing is touched", async () => {
    const { result, calls } = await goOn([started, refusing, aborted], undefined);
    expect(result).toEqual({ outcome: "rolled-back", reason, restored: 1 });
    expect(calls).toEqual([]);
  });

  test("while it stopped: the abort is ended, and the release begins anew with another revision", async () => {
    const { result, calls, driver } = await goOn([started, stopping], 0);
    expect(result.outcome).toBe("released");
    expect(calls.slice(0, 2)).toEqual(["abort", "start"]);
    expect(driver.state.stable?.revision).toBe(3);
  });

  test("while it was held: it stays so", async () => {
    const { result, calls, driver } = await goOn([started, held], 50);
    expect(result).toEqual({ outcome: "held", reason: "no traffic" });
    expect(calls).toEqual([]);
    expect(driver.state.weight).toBe(50);
  });

  test("while it was held, and was taken back by hand since: begins anew", async () => {
    expect((await goOn([started, held], undefined)).result.outcome).toBe("released");
  });

  test("before it had told of its promotion: tells of it", async () => {
    const clock = virtualClock();
    const driver = scriptedDriver({ clock });
    await driver.start(4);
    await driver.promote();
    const strategy = canary({ steps: [10], every: "1m", analysis: [errorRate()] });
    const told = async (earlier: readonly RolloutProgress[]) => {
      const context = rolloutContext({ clock, earlier });
      await clock.run(strategy.release(driver, strategy.spec as never, context));
      return context.events.map(({ type }) => type);
    };
    expect(await told([started])).toEqual(["rollout.promoted"]);
    expect(await told([])).toEqual([]);
  });
});
