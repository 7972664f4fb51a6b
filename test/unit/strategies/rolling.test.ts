import { describe, expect, test } from "vitest";
import { errorRate, metric, rolling, type RollingOptions } from "../../../src/strategies/index.ts";
import { bySide, calls, release, rig } from "./release.ts";

describe("rolling", () => {
  test("replaces a quarter at a time, new before old", async () => {
    const { result, driver, context, seconds } = await release(rolling(), { desired: 4 });
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(calls(driver)).toEqual([
      "start(1)",
      "route(25)",
      "scale(stable,3)",
      "scale(candidate,2)",
      "route(50)",
      "scale(stable,2)",
      "scale(candidate,3)",
      "route(75)",
      "scale(stable,1)",
      "scale(candidate,4)",
      "promote()",
    ]);
    expect(seconds).toBe(0);
    expect(context.events.map((event) => event.type)).toEqual([
      "rollout.started",
      "rollout.weight",
      "rollout.weight",
      "rollout.weight",
      "rollout.promoted",
    ]);
  });

  test.each<[RollingOptions["batch"], number, string[]]>([
    [2, 5, ["start(2)", "scale(candidate,4)", "scale(candidate,5)"]],
    ["50%", 3, ["start(2)", "scale(candidate,3)"]],
    ["100%", 3, ["start(3)"]],
    [10, 3, ["start(3)"]],
    ["25%", 1, ["start(1)"]],
  ])("a batch of %s of %i", async (batch, desired, sizes) => {
    const { driver } = await release(rolling({ batch: batch! }), { desired });
    expect(calls(driver).filter((call) => /^start|candidate/.test(call))).toEqual(sizes);
    expect(driver.state.current).toBe(true);
  });

  test("waits after every batch but the last", async () => {
    expect((await release(rolling({ batch: 1, pause: "1m" }), { desired: 3 })).seconds).toBe(120);
  });

  test("never makes an old release that was smaller larger", async () => {
    const { driver } = await release(rolling({ batch: 2 }), { desired: 6, stable: 3 });
    expect(calls(driver).filter((call) => call.includes("stable"))).toEqual([
      "scale(stable,3)~",
      "scale(stable,2)",
    ]);
  });

  test("takes a batch back that does not become healthy, and stable to its size again", async () => {
    const { result, driver } = await release(rolling(), {
      faults: [{ call: "scale", nth: 4, does: "unhealthy" }],
    });
    expect(result.outcome).toBe("rolled-back");
    expect(driver.state).toMatchObject({
      stable: { revision: 1, ready: 4 },
      candidate: undefined,
      weight: 0,
    });
  });

  test("judges each pause", async () => {
    const strategy = rolling({ pause: "2m", analysis: [errorRate()] });
    const good = await release(strategy);
    expect(good.result.outcome).toBe("released");
    expect(good.seconds).toBe(360);
    const bad = await release(strategy, { traffic: { errors: bySide(0.1, 0.001) } });
    expect(bad.result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(/^errors 10 %/),
    });
    expect(bad.driver.weights).toEqual([25, 0]);
  });

  test("says so where one batch leaves nothing to judge", async () => {
    const { result, context } = await release(
      rolling({ batch: "100%", pause: "2m", analysis: [errorRate()] }),
    );
    expect(result.outcome).toBe("released");
    expect(context.warnings).toEqual([
      "all 4 replicas are one batch, so the analysis has nothing to look at",
    ]);
  });

  test("holds where nothing can be said and that is asked for", async () => {
    const nothing = metric({ name: "backlog", max: 1, query: () => null });
    const strategy = rolling({ pause: "1m", analysis: [nothing], extend: 0, onInconclusive: "hold" });
    const { result, driver } = await release(strategy);
    expect(result).toMatchObject({ outcome: "held", reason: expect.stringContaining("backlog: no data") });
    expect(driver.state).toMatchObject({ weight: 25, stable: { replicas: 3 }, candidate: { replicas: 1 } });
  });

  test.each([
    [1, 0, ["start(1)~", "route(25)"]],
    [2, 25, ["scale(candidate,2)~", "route(50)"]],
    [2, 50, ["scale(candidate,2)~", "route(50)~"]],
    [4, 75, ["scale(candidate,4)~", "promote()"]],
  ])("goes on with %i replicas at weight %i", async (replicas, weight, first) => {
    const { clock, driver, start } = rig();
    await driver.start(replicas);
    await driver.route(weight);
    const before = driver.calls.length;
    expect(await clock.run(start(rolling()))).toMatchObject({ outcome: "released" });
    expect(calls(driver).slice(before, before + 2)).toEqual(first);
  });

  test("a first release comes up at once", async () => {
    const { driver } = await release(rolling({ pause: "1h" }), { stable: 0 });
    expect(calls(driver)).toEqual(["start(4)", "route(100)", "promote()"]);
  });

  test.each<[string, RollingOptions, string]>([
    ["no batch", { batch: 0 }, "batch: 0 is not a whole number of at least 1"],
    ["a share of nothing", { batch: "0%" }, 'batch: "0%" is not a share'],
    ["more than all", { batch: "101%" }, 'batch: "101%" is not a share'],
    ["a word", { batch: "some" as never }, 'batch: "some" is not a share'],
    ["an analysis without a pause", { analysis: [errorRate()] }, "pause: is needed to look at anything"],
    ["options of an analysis without one", { extend: 1 }, "extend: has no meaning without `analysis`"],
    ["no duration", { pause: "-1s" }, 'pause: "-1s" is not a duration'],
  ])("refuses %s", (_, options, message) => {
    expect(() => rolling(options)).toThrow(message);
  });

  test("stands in a Plan as JSON", () => {
    expect(JSON.parse(JSON.stringify(rolling().spec))).toEqual({
      batch: "25%",
      pause: null,
      judge: null,
      analysis: [],
    });
  });
});
