import { describe, expect, it } from "vitest";
import { cachedCredentials } from "../../../../src/providers/_shared/index.ts";

/** Credentials with numbers for tokens, that live for `life` ms; and a clock. */
function source(life: number | undefined) {
  const state = { now: 1_000_000, asked: 0, fresh: [] as boolean[], fails: false };
  const get = cachedCredentials(
    async ({ fresh }) => {
      state.asked++;
      state.fresh.push(fresh);
      await Promise.resolve();
      if (state.fails) throw new Error("no");
      return { token: String(state.asked), ...(life === undefined ? {} : { expiresAt: state.now + life }) };
    },
    { now: () => state.now },
  );
  return { state, get };
}

describe("cachedCredentials", () => {
  it("keeps what it has until a minute before its end", async () => {
    const { state, get } = source(600_000);
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 539_999;
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 1;
    expect(await get()).toMatchObject({ token: "2" });
  });

  it("keeps what lives for less than a minute for three quarters of that", async () => {
    const { state, get } = source(40_000);
    await get();
    state.now += 29_999;
    expect(await get()).toMatchObject({ token: "1" });
    state.now += 1;
    expect(await get()).toMatchObject({ token: "2" });
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
