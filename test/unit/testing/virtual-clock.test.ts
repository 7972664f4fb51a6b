import { describe, expect, test } from "vitest";
import { virtualClock } from "../../../src/testing/index.ts";

describe("virtualClock", () => {
  test("stands still by itself", async () => {
    const clock = virtualClock({ start: 1_000 });
    let woken = false;
    void clock.sleep(1).then(() => (woken = true));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect([clock.now(), woken, clock.sleeping]).toEqual([1_000, false, 1]);
  });

  test("wakes in order of time, then of falling asleep, each at its own moment", async () => {
    const clock = virtualClock({ start: 0 });
    const woken: [string, number][] = [];
    const sleeper = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push([name, clock.now()]));
    const all = [sleeper("late", 300), sleeper("b", 200), sleeper("c", 200), sleeper("a", 100)];
    await clock.advance(250);
    expect(woken).toEqual([
      ["a", 100],
      ["b", 200],
      ["c", 200],
    ]);
    expect(clock.now()).toBe(250);
    await clock.advance(50);
    expect(woken.at(-1)).toEqual(["late", 300]);
    await Promise.all(all);
  });

  test("lets the woken go on, and sleep again, before it moves further", async () => {
    const clock = virtualClock({ start: 0 });
    const moments: number[] = [];
    const loop = async () => {
      for (let round = 0; round < 4; round += 1) {
        await clock.sleep(100);
        for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
        moments.push(clock.now());
      }
    };
    const looping = loop();
    await clock.advance(1_000);
    await looping;
    expect(moments).toEqual([100, 200, 300, 400]);
    expect(clock.now()).toBe(1_000);
  });

  test("a signal ends a sleep with its reason, before or during it", async () => {
    const clock = virtualClock();
    await expect(clock.sleep(10, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
    const controller = new AbortController();
    const sleeping = expect(clock.sleep(10, controller.signal)).rejects.toThrow("enough");
    controller.abort(new Error("enough"));
    await sleeping;
    expect(clock.sleeping).toBe(0);
  });

  test("runUntilIdle ends when nobody sleeps, and complains about endless loops", async () => {
    const clock = virtualClock({ start: 0 });
    const work = clock.sleep(5_000).then(() => clock.sleep(7_000));
    await clock.runUntilIdle();
    await work;
    expect(clock.now()).toBe(12_000);
    const controller = new AbortController();
    const endless = async () => {
      for (;;) await clock.sleep(1_000, controller.signal);
    };
    const ended = expect(endless()).rejects.toThrow("enough");
    await expect(clock.runUntilIdle(60_000)).rejects.toThrow(RangeError);
    controller.abort(new Error("enough"));
    await ended;
  });

  test("run moves on for as long as the work takes, and no longer", async () => {
    const clock = virtualClock({ start: 0 });
    const later = clock.sleep(1_000_000);
    expect(await clock.run(clock.sleep(3_600_000 / 4).then(() => "done"))).toBe("done");
    expect(clock.now()).toBe(900_000);
    await expect(clock.run(clock.sleep(1).then(() => Promise.reject(new Error("bad"))))).rejects.toThrow(
      "bad",
    );
    expect(clock.sleeping).toBe(1);
    await clock.runUntilIdle();
    await later;
  });

  test("run waits for work that waits for the world", async () => {
    const clock = virtualClock({ start: 0 });
    const work = async () => {
      await new Promise((resolve) => {
        setImmediate(() => setImmediate(() => setImmediate(resolve)));
      });
      await clock.sleep(50);
      return clock.now();
    };
    expect(await clock.run(work())).toBe(50);
  });
});
