import { describe, expect, test } from "vitest";
import { atMost, probe } from "../../../../src/strategies/analysis/probe.ts";
import { virtualClock } from "../../../../src/testing/index.ts";

const never = new AbortController().signal;

describe("probe", () => {
  test("gives the answer, and leaves nothing asleep", async () => {
    const clock = virtualClock();
    expect(await probe(() => 7, { clock, timeout: 1_000, signal: never })).toEqual({ ok: true, value: 7 });
    expect(clock.sleeping).toBe(0);
  });

  test("turns a throw and a rejection into a fault", async () => {
    const options = { clock: virtualClock(), timeout: 1_000, signal: never };
    const thrower = (): number => {
      throw new Error("down");
    };
    expect(await probe(thrower, options)).toEqual({ ok: false, fault: "down" });
    expect(await probe(() => Promise.reject(new Error("down")), options)).toEqual({
      ok: false,
      fault: "down",
    });
  });

  test("gives up on an answer that does not come, and tells the one asked", async () => {
    const clock = virtualClock();
    let told = false;
    const ask = (signal: AbortSignal): Promise<number> => {
      signal.addEventListener("abort", () => (told = true));
      return new Promise(() => undefined);
    };
    const answer = clock.run(probe(ask, { clock, timeout: 20_000, signal: never }));
    expect(await answer).toEqual({ ok: false, fault: "no answer within 20.0s" });
    expect(told).toBe(true);
  });
});

describe("atMost", () => {
  test("waits for work that is quick", async () => {
    const clock = virtualClock();
    await atMost(Promise.resolve(), 1_000, clock, never);
    expect(clock.sleeping).toBe(0);
  });

  test("does not wait longer than it may", async () => {
    const clock = virtualClock();
    const began = clock.now();
    await clock.run(atMost(new Promise(() => undefined), 1_000, clock, never));
    expect(clock.now() - began).toBe(1_000);
  });
});
