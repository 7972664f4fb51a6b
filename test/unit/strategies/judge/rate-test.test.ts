import { describe, expect, test } from "vitest";
import { RateTest, type RateWindow } from "../../../../src/strategies/judge/index.ts";

const EDGE = 1.25;
const RATIOS = [1.5, 4, 20];

function window(candidate: [number, number], stable: [number, number]): RateWindow {
  return {
    candidate: { requests: candidate[0], bad: candidate[1] },
    stable: { requests: stable[0], bad: stable[1] },
  };
}

/** The formula as it is published, with plain products. */
function published(windows: readonly RateWindow[], cap: number): number {
  const share = (ratio: number, { candidate, stable }: RateWindow): number =>
    (ratio * candidate.requests) / (ratio * candidate.requests + stable.requests);
  const products = RATIOS.map((ratio) =>
    windows
      .map((one) => {
        const own = (share(ratio, one) / share(EDGE, one)) ** one.candidate.bad;
        const other = ((1 - share(ratio, one)) / (1 - share(EDGE, one))) ** one.stable.bad;
        return Math.min(own * other, cap);
      })
      .reduce((product, factor) => product * factor, 1),
  );
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

describe("RateTest", () => {
  const windows = [window([30, 1], [570, 3]), window([28, 0], [560, 2]), window([65, 6], [540, 4])];

  test("is the published mixture of likelihood ratios", () => {
    const free = new RateTest({ edge: EDGE, alternatives: RATIOS, threshold: 100, capExponent: null });
    const capped = new RateTest({ edge: EDGE, alternatives: RATIOS, threshold: 100, capExponent: 1 / 3 });
    for (const one of windows) {
      free.add(one);
      capped.add(one);
    }
    expect(Math.exp(free.logEvidence)).toBeCloseTo(published(windows, Infinity), 9);
    expect(Math.exp(capped.logEvidence)).toBeCloseTo(published(windows, 100 ** (1 / 3)), 9);
    expect(free.logEvidence).toBeGreaterThan(capped.logEvidence);
  });

  test("never decides by one window, and never sooner than by three", () => {
    const capped = new RateTest({ edge: EDGE, alternatives: [4, 20], threshold: 100, capExponent: 1 / 3 });
    const looks = [1, 2, 3].map(() => {
      capped.add(window([1_000, 900], [19_000, 20]));
      return capped.reached;
    });
    expect(looks).toEqual([false, false, true]);
  });

  test("learns nothing from a window in which one side is silent", () => {
    const one = new RateTest({ edge: EDGE, alternatives: RATIOS, threshold: 100, capExponent: 1 / 3 });
    one.add(window([0, 0], [500, 9]));
    one.add(window([500, 9], [0, 0]));
    one.add(window([0, 0], [0, 0]));
    expect(one.logEvidence).toBe(0);
  });

  test("a dispersion divides what a window says", () => {
    const plain = new RateTest({ edge: EDGE, alternatives: [4], threshold: 100, capExponent: null });
    const wide = new RateTest({ edge: EDGE, alternatives: [4], threshold: 100, capExponent: null });
    plain.add(window([65, 6], [540, 4]));
    wide.add(window([65, 6], [540, 4]), 2.5);
    expect(wide.logEvidence).toBeCloseTo(plain.logEvidence / 2.5, 12);
  });

  test("stays a number over thousands of windows, for and against", () => {
    const options = { edge: EDGE, alternatives: RATIOS, threshold: 100, capExponent: 1 / 3 };
    const good = new RateTest(options);
    const bad = new RateTest(options);
    for (let index = 0; index < 20_000; index += 1) {
      good.add(window([10_000, 50], [10_000, 50]));
      bad.add(window([10_000, 500], [10_000, 50]));
    }
    expect(good.logEvidence).toBeLessThan(-1_000);
    expect(Number.isFinite(good.logEvidence)).toBe(true);
    expect(bad.logEvidence).toBeGreaterThan(20_000);
    expect(Number.isFinite(bad.logEvidence)).toBe(true);
  });
});
