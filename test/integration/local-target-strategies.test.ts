import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blueGreen, canary, errorRate, rolling } from "../../src/deploy/index.ts";
import { systemClock } from "../../src/host/clock.ts";
import type { RolloutDriver, Strategy, StrategyResult } from "../../src/ports/index.ts";
import { rolloutContext } from "../../src/testing/index.ts";
import { ask, Load } from "./local-target/load.ts";
import { Rig } from "./local-target/rig.ts";

let rig: Rig;
let load: Load | undefined;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(async () => {
  await load?.stop();
  load = undefined;
  await rig.dispose();
});

function release(driver: RolloutDriver, strategy: Strategy): Promise<StrategyResult> {
  return strategy.release(driver, strategy.spec as never, rolloutContext({ clock: systemClock }));
}

describe("under load", () => {
  it.each([
    ["rolling", rolling({ batch: 1 })],
    ["blue-green", blueGreen({ verify: async ({ url }) => (await fetch(url)).ok, soak: "1s" })],
    ["a canary", canary({ steps: [20, 60], every: "2s", analysis: [errorRate()] })],
  ])("%s releases without losing a request", async (_name, strategy) => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 3 }));
    load = new Load(url, 4);
    const driver = await rig.connect(rig.app({ version: "two", replicas: 3 }));
    expect(await release(driver, strategy)).toMatchObject({ outcome: "released", release: { revision: 2 } });
    await load.stop();
    expect(load.lost).toEqual([]);
    expect(load.answered).toBeGreaterThan(20);
    expect(await ask(url)).toMatchObject({ revision: 2 });
    expect(await driver.observe()).toMatchObject({ current: true, stable: { replicas: 3, ready: 3 } });
  });

  it("a canary takes a release back that fails, on the evidence of real requests", async () => {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 2 }));
    load = new Load(url, 4);
    const driver = await rig.connect(rig.app({ version: "two", replicas: 2, env: { FAIL_ALL: "1" } }));
    const strategy = canary({ steps: [25, 50], every: "6s", analysis: [errorRate()] });
    const result = await release(driver, strategy);
    expect(result).toMatchObject({ outcome: "rolled-back" });
    await load.stop();
    expect(load.lost.length).toBeGreaterThan(0);
    expect(load.lost.every((text) => text.endsWith("500 failed"))).toBe(true);
    expect(await driver.observe()).toMatchObject({
      weight: 0,
      candidate: undefined,
      stable: { revision: 1, ready: 2 },
    });
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
  });
});
