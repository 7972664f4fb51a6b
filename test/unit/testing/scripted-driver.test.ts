import { describe, expect, test } from "vitest";
import { scriptedDriver, type ScriptedDriverOptions, virtualClock } from "../../../src/testing/index.ts";

function make(options: Omit<ScriptedDriverOptions, "clock"> = {}) {
  const clock = virtualClock({ start: 0 });
  return { clock, driver: scriptedDriver({ clock, ...options }) };
}

describe("scriptedDriver", () => {
  test("releases", async () => {
    const { driver } = make();
    expect(await driver.observe()).toEqual({
      target: "scripted",
      desired: 4,
      stable: { revision: 1, digest: "sha256:stable", replicas: 4, ready: 4, url: "http://r1.scripted.test" },
      candidate: undefined,
      weight: 0,
      url: "http://scripted.test",
      current: false,
    });
    await driver.start(1);
    await driver.route(30);
    expect(await driver.observe()).toMatchObject({ weight: 30, candidate: { revision: 2, replicas: 1 } });
    expect(await driver.promote()).toEqual({
      target: "scripted",
      name: "app",
      url: "http://scripted.test",
      revision: 2,
      digest: "sha256:candidate",
    });
    expect(await driver.observe()).toMatchObject({
      current: true,
      weight: 0,
      stable: { revision: 2, replicas: 4 },
      candidate: undefined,
    });
    expect(driver.weights).toEqual([30, 100]);
  });

  test("every call made twice changes something once", async () => {
    const { driver } = make();
    await driver.start(2);
    await driver.start(2);
    await driver.scale("stable", 3);
    await driver.scale("stable", 3);
    await driver.route(50);
    await driver.route(50);
    await driver.promote();
    await driver.promote();
    await driver.abort("late");
    await driver.abort("late");
    expect(driver.calls.map(({ call, changed }) => `${call} ${String(changed)}`)).toEqual([
      "start true",
      "start false",
      "scale true",
      "scale false",
      "route true",
      "route false",
      "promote true",
      "promote false",
      "abort false",
      "abort false",
    ]);
  });

  test("an abort brings everything back", async () => {
    const { driver } = make();
    await driver.start(2);
    await driver.route(50);
    await driver.scale("stable", 1);
    await driver.abort("bad");
    expect(driver.state).toMatchObject({
      weight: 0,
      stable: { revision: 1, replicas: 4 },
      candidate: undefined,
    });
    await driver.start(1);
    expect(driver.state.candidate?.revision).toBe(3);
  });

  test("refuses what needs a candidate that is not there", async () => {
    const { driver } = make();
    await expect(driver.route(5)).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(driver.promote()).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(driver.scale("candidate", 1)).rejects.toMatchObject({ code: "TARGET_STATE" });
  });

  test("faults strike the call that they name, once, before or after its effect", async () => {
    const { driver } = make({
      faults: [
        { call: "route", nth: 2, does: "throw" },
        { call: "promote", does: "throw", when: "after", error: new Error("timeout") },
      ],
    });
    await driver.start(1);
    await driver.route(5);
    await expect(driver.route(25)).rejects.toThrow("the scripted route failed");
    expect(driver.state.weight).toBe(5);
    await driver.route(25);
    await expect(driver.promote()).rejects.toThrow("timeout");
    expect(driver.state.current).toBe(true);
  });

  test("an unhealthy start leaves replicas that are not ready", async () => {
    const { driver } = make({ faults: [{ call: "start", does: "unhealthy" }] });
    await expect(driver.start(2)).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(driver.state.candidate).toMatchObject({ replicas: 2, ready: 0 });
    await driver.start(2);
    expect(driver.state.candidate).toMatchObject({ replicas: 2, ready: 2 });
  });

  test.each(["before", "after"] as const)("a kill %s the effect never returns", async (when) => {
    const { driver } = make({ faults: [{ call: "start", does: "kill", when }] });
    let returned = false;
    void driver.start(1).finally(() => (returned = true));
    await driver.killed;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(returned).toBe(false);
    expect(driver.state.candidate?.replicas).toBe(when === "after" ? 1 : undefined);
    await driver.start(1);
    expect(driver.state.candidate?.replicas).toBe(1);
  });
});

describe("scripted traffic", () => {
  test("is counted by side, weight and time, in whole requests", async () => {
    const { clock, driver } = make({
      traffic: {
        rate: 10,
        errors: ({ side }) => (side === "candidate" ? 0.25 : 0),
        latency: 100,
        bounds: [100],
      },
    });
    await clock.advance(10_000);
    await driver.start(1);
    await driver.route(40);
    await clock.advance(10_000);
    expect(await driver.counts?.snapshot()).toEqual({
      at: 20_000,
      stable: { requests: 160, errors: 0, latency: { bounds: [100], counts: [101, 59] } },
      candidate: { requests: 40, errors: 10, latency: { bounds: [100], counts: [25, 15] } },
    });
    await driver.promote();
    await clock.advance(10_000);
    expect(await driver.counts?.snapshot()).toMatchObject({
      stable: { requests: 140, errors: 10 },
      candidate: undefined,
    });
  });

  test("figures may change with time, age and revision", async () => {
    const seen = new Set<string>();
    const { clock, driver } = make({
      traffic: {
        rate: ({ at, age, revision, weight }) => {
          if (at % 5_000 === 0) seen.add(`${at} ${age} ${revision} ${weight}`);
          return at < 5_000 ? 10 : 0;
        },
      },
    });
    await clock.advance(5_000);
    await driver.start(1);
    await clock.advance(5_000);
    expect((await driver.counts?.snapshot())?.stable?.requests).toBe(50);
    expect([...seen]).toEqual(["0 0 1 0", "5000 0 2 0", "5000 5000 1 0"]);
  });

  test("totals never go down, and the histogram adds up to the requests", async () => {
    const { clock, driver } = make({
      traffic: { rate: 7.3, errors: 0.313, latency: ({ at }) => 1 + at / 100 },
    });
    let before = (await driver.counts?.snapshot())?.stable;
    for (let look = 0; look < 50; look += 1) {
      await clock.advance(1_700);
      const now = (await driver.counts?.snapshot())?.stable;
      expect(now?.latency.counts.reduce((sum, count) => sum + count, 0)).toBe(now?.requests);
      expect(now?.errors).toBeGreaterThanOrEqual(before?.errors ?? 0);
      now?.latency.counts.forEach((count, index) => {
        expect(count).toBeGreaterThanOrEqual(before?.latency.counts[index] ?? 0);
      });
      before = now;
    }
    expect(before?.requests).toBe(Math.floor(7.3 * 85));
  });

  test("a target may count nothing", () => {
    expect(make({ traffic: null }).driver.counts).toBeUndefined();
  });
});
