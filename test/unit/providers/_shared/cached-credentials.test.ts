import { describe, expect, it } from "vitest";
import { cachedCredentials } from "../../../../src/providers/_shared/index.ts";

/** Credentials with numbers for tokens, that live for `life` ms; and a clock. */
function source(life: number | undefined, renewAt?: number) {
  const state = { now: 1_000_000, asked: 0, fresh: [] as boolean[], fails: false, until: Promise.resolve() };
  const get = cachedCredentials(
    async ({ fresh }) => {
      const token = String(++state.asked);
      state.fresh.push(fresh);
      await state.until;
      if (state.fails) throw new Error("no");
      return {
        token,
        ...(life === undefined ? {} : { expiresAt: state.now + life }),
        ...(renewAt === undefined ? {} : { renewAt: state.now + renewAt }),
      };
    },
    { now: () => state.now },
  );
  return { state, get };
}

/** Has what waits for nothing but promises come to its end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("cachedCredentials", () => {
  it("keeps what it has until a minute before its end", async () => {
    const { state, get } = source(600_000);
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 539_999;
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 1;
    await get();
    await settled();
    expect(await get()).toMatchObject({ token: "2" });
  });

  it("keeps what lives for less than a minute for three quarters of that", async () => {
    const { state, get } = source(40_000);
    await get();
    state.now += 29_999;
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 1;
    await get();
    await settled();
    expect(await get()).toMatchObject({ token: "2" });
  });

  it("has nobody wait for a renewal while what it has is good, and all from its end on", async () => {
    const { state, get } = source(600_000);
    await get();
    let arrive: () => void = () => undefined;
    state.until = new Promise((resolve) => (arrive = resolve));
    state.now += 550_000;
    expect(await get()).toMatchObject({ token: "1" });
    expect(await get()).toMatchObject({ token: "1" });
    expect(state.asked).toBe(2);
    state.now += 50_000;
    let given = 0;
    const waiting = Promise.all([get(), get({ fresh: true })]).finally(() => given++);
    await settled();
    expect(given).toBe(0);
    arrive();
    expect(await waiting).toMatchObject([{ token: "2" }, { token: "2" }]);
    expect(state.asked).toBe(2);
  });

  it("pauses after a renewal that failed", async () => {
    const { state, get } = source(600_000);
    await get();
    state.fails = true;
    state.now += 540_000;
    for (let time = 0; time < 5; time++) {
      await get();
      await settled();
    }
    expect(state.asked).toBe(2);
    state.now += 10_000;
    await get();
    expect(state.asked).toBe(3);
  });

  it("renews when the source asks for it, long before the end, and shows nobody when that is", async () => {
    const { state, get } = source(600_000, 300_000);
    expect(await get()).toEqual({ token: "1", expiresAt: 1_600_000 });
    state.now += 300_000;
    expect(await get()).toMatchObject({ token: "1" });
    await settled();
    expect(await get()).toEqual({ token: "2", expiresAt: 1_900_000 });
  });

  it("keeps what does not end, and gets it anew by fresh", async () => {
    const { state, get } = source(undefined);
    await get();
    state.now += 10 ** 12;
    expect(await get()).toMatchObject({ token: "1" });
    expect(await get({ fresh: true })).toMatchObject({ token: "2" });
    expect(await get()).toMatchObject({ token: "2" });
    expect(state.fresh).toEqual([false, true]);
  });

  it("shares one call among all who ask at the same time", async () => {
    const { state, get } = source(600_000);
    const all = await Promise.all([get(), get(), get({ fresh: true })]);
    expect(all.map(({ token }) => token)).toEqual(["1", "1", "1"]);
    await Promise.all([get({ fresh: true }), get({ fresh: true })]);
    expect(state.asked).toBe(2);
  });

  it("lets the old ones serve on while new ones cannot be had, until they end", async () => {
    const { state, get } = source(600_000);
    await get();
    state.fails = true;
    state.now += 590_000;
    expect(await get()).toMatchObject({ token: "1" });
    await settled();
    await expect(get({ fresh: true })).rejects.toThrow("no");
    state.now += 10_000;
    await expect(get()).rejects.toThrow("no");
    state.fails = false;
    expect(await get()).toMatchObject({ token: "5" });
  });

  it("asks again after a failure, also one that came at once", async () => {
    let asked = 0;
    const get = cachedCredentials(
      () => {
        asked++;
        if (asked === 1) throw new Error("at once");
        return Promise.resolve({ token: "t" });
      },
      { now: Date.now },
    );
    await expect(get()).rejects.toThrow("at once");
    expect(await get()).toEqual({ token: "t" });
  });
});
