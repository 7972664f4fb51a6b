import { describe, expect, test } from "vitest";
import { SluiceError } from "../../../src/errors/index.ts";
import type { RolloutDriver, Strategy, StrategyResult } from "../../../src/ports/index.ts";
import { blueGreen, canary, errorRate, rolling } from "../../../src/strategies/index.ts";
import {
  type RolloutContext,
  rolloutContext,
  scriptedDriver,
  virtualClock,
  type VirtualClock,
} from "../../../src/testing/index.ts";

const clock = (): VirtualClock => virtualClock();

async function release(
  strategy: Strategy,
  driver: RolloutDriver,
  time: VirtualClock,
): Promise<{ readonly result: StrategyResult; readonly context: RolloutContext }> {
  const context = rolloutContext({ clock: time });
  const result = await time.run(strategy.release(driver, strategy.spec as never, context));
  return { result, context };
}

const everyStep = canary({
  steps: [5, 10, 50],
  every: "1m",
  analysis: [errorRate()],
  onInconclusive: "promote",
});

describe("a target that rolls out by itself", () => {
  const byItself = (stable: number) => {
    const time = clock();
    const driver = scriptedDriver({ clock: time, stable });
    return { time, driver: Object.assign(driver, { roll: () => driver.start(4) }) };
  };

  test.each([0, 4])("is released in one go by rolling(), beside %i replicas", async (stable) => {
    const { time, driver } = byItself(stable);
    const { result, context } = await release(rolling(), driver, time);
    expect(result.outcome).toBe("released");
    expect(driver.calls.map(({ call }) => call)).toEqual(["start", "promote"]);
    expect(context.events.map(({ type }) => type)).toEqual(["rollout.started", "rollout.promoted"]);
  });

  test("is taken back where it does not become ready", async () => {
    const { time, driver } = byItself(4);
    const unready = new SluiceError("RELEASE_UNHEALTHY", "it crashes");
    Object.assign(driver, { roll: () => driver.start(4).then(() => Promise.reject(unready)) });
    const { result } = await release(rolling(), driver, time);
    expect(result).toMatchObject({ outcome: "rolled-back", reason: "it crashes" });
  });

  test.each([
    ["canary", everyStep],
    ["blue-green", blueGreen()],
  ])("is refused by %s before anything is done, with the reason", async (kind, strategy) => {
    const { time, driver } = byItself(4);
    const refused = release(strategy, driver, time);
    await expect(refused).rejects.toMatchObject({
      code: "DEFINITION_INVALID",
      message: expect.stringMatching(`^${kind} needs`) as string,
    });
    expect(driver.calls).toEqual([]);
  });

  test.each([rolling({ batch: 1 }), rolling({ pause: "1m" })])(
    "is refused with batches or pauses of one's own",
    async (strategy) => {
      const { time, driver } = byItself(4);
      await expect((async () => release(strategy, driver, time))()).rejects.toMatchObject({
        code: "DEFINITION_INVALID",
      });
      expect(driver.calls).toEqual([]);
    },
  );
});

describe("a target that only comes near a weight", () => {
  test("is taken through every step, by what was asked of it", async () => {
    const time = clock();
    const driver = scriptedDriver({ clock: time });
    const observe = driver.observe.bind(driver);
    Object.assign(driver, {
      observe: async () => {
        const state = await observe();
        return { ...state, asked: state.weight, weight: state.weight === 0 ? 0 : Math.max(20, state.weight) };
      },
    });
    await release(everyStep, driver, time);
    expect(driver.weights).toEqual([5, 10, 50, 100]);
  });
});

describe("a target that cannot go back", () => {
  const held = (code: "ROLLOUT_HELD" | "TARGET_STATE") => {
    const time = clock();
    const driver = scriptedDriver({
      clock: time,
      traffic: { rate: 50, errors: ({ side }) => (side === "candidate" ? 0.5 : 0) },
    });
    Object.assign(driver, { abort: () => Promise.reject(new SluiceError(code, "the migration has run")) });
    return { time, driver };
  };

  test("is held as it stands, and that is told", async () => {
    const { time, driver } = held("ROLLOUT_HELD");
    const { result, context } = await release(everyStep, driver, time);
    expect(result).toEqual({ outcome: "held", reason: "the migration has run" });
    expect(context.events.at(-1)).toMatchObject({
      type: "rollout.held",
      reason: "the migration has run",
      weight: 5,
    });
    expect(driver.state.candidate).toBeDefined();
  });

  test("is an abort that failed where it fails for anything else", async () => {
    const { time, driver } = held("TARGET_STATE");
    await expect(release(everyStep, driver, time)).rejects.toMatchObject({ code: "ABORT_FAILED" });
  });
});
