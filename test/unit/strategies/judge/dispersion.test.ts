import { describe, expect, test } from "vitest";
import { Dispersion } from "../../../../src/strategies/judge/index.ts";

function estimate(windows: readonly (readonly [number, number])[]): number | undefined {
  const dispersion = new Dispersion();
  for (const [requests, bad] of windows) dispersion.add({ requests, bad });
  return dispersion.estimate;
}

describe("Dispersion", () => {
  test("is Pearson's statistic over its degrees of freedom", () => {
    const windows = [
      [1_000, 2],
      [900, 31],
      [1_100, 4],
      [1_000, 55],
    ] as const;
    const rate = 92 / 4_000;
    const pearson = windows
      .map(([requests, bad]) => (bad - requests * rate) ** 2 / (requests * rate * (1 - rate)))
      .reduce((sum, term) => sum + term, 0);
    expect(estimate(windows)).toBeCloseTo(pearson / 3, 10);
  });

  test("is never below 1, and 1 where nothing or everything is bad", () => {
    expect(estimate([...Array<[number, number]>(5).fill([1_000, 5])])).toBe(1);
    expect(estimate([...Array<[number, number]>(5).fill([1_000, 0])])).toBe(1);
    expect(estimate([...Array<[number, number]>(5).fill([1_000, 1_000])])).toBe(1);
  });

  test("is unknown before two windows with requests", () => {
    expect(estimate([])).toBeUndefined();
    expect(
      estimate([
        [1_000, 5],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(
      estimate([
        [1_000, 5],
        [1_000, 5],
      ]),
    ).toBe(1);
  });
});
