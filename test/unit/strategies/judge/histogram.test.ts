import { describe, expect, test } from "vitest";
import { histogramQuantile, nearestBound, slowerThan } from "../../../../src/strategies/judge/index.ts";

const bounds = [100, 250, 500];

describe("histogramQuantile", () => {
  test("lies straight between the bounds of its bucket", () => {
    expect(histogramQuantile({ bounds, counts: [80, 20, 0, 0] }, 0.9)).toEqual({ kind: "value", ms: 175 });
    expect(histogramQuantile({ bounds, counts: [80, 20, 0, 0] }, 0.4)).toEqual({ kind: "value", ms: 50 });
  });

  test("above the last bound, only that is known", () => {
    expect(histogramQuantile({ bounds, counts: [0, 0, 1, 9] }, 0.5)).toEqual({ kind: "above", bound: 500 });
  });

  test("nothing is known of nothing", () => {
    expect(histogramQuantile({ bounds, counts: [0, 0, 0, 0] }, 0.5)).toBeUndefined();
    expect(histogramQuantile({ bounds: [], counts: [7] }, 0.5)).toBeUndefined();
  });
});

describe("nearestBound", () => {
  test("is the bound next to the quantile, on either side", () => {
    expect(nearestBound({ bounds, counts: [94, 6, 0, 0] }, 0.95)).toBe(100);
    expect(nearestBound({ bounds, counts: [50, 50, 0, 0] }, 0.95)).toBe(250);
    expect(nearestBound({ bounds, counts: [0, 0, 0, 10] }, 0.95)).toBe(500);
    expect(nearestBound({ bounds, counts: [0, 0, 0, 0] }, 0.95)).toBeUndefined();
  });
});

describe("slowerThan", () => {
  test("counts what lies above a bound of the histogram", () => {
    expect(slowerThan({ bounds, counts: [1, 2, 3, 4] }, 100)).toBe(9);
    expect(slowerThan({ bounds, counts: [1, 2, 3, 4] }, 500)).toBe(4);
    expect(slowerThan({ bounds, counts: [1, 2, 3, 4] }, 300)).toBeUndefined();
  });
});
