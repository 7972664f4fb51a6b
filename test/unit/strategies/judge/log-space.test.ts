import { describe, expect, test } from "vitest";
import { logMeanExp, logSpaced } from "../../../../src/strategies/judge/index.ts";

describe("logMeanExp", () => {
  test("is the logarithm of the mean", () => {
    expect(logMeanExp(Float64Array.of(Math.log(1), Math.log(2), Math.log(6)))).toBeCloseTo(Math.log(3), 12);
  });

  test("neither overflows nor underflows", () => {
    expect(logMeanExp(Float64Array.of(5_000, -5_000))).toBeCloseTo(5_000 - Math.log(2), 9);
    expect(logMeanExp(Float64Array.of(-9_000, -9_000))).toBe(-9_000);
    expect(logMeanExp(Float64Array.of(-Infinity, -Infinity))).toBe(-Infinity);
  });
});

test("logSpaced runs from the first to the last by one factor", () => {
  const spaced = logSpaced(1.5, 40, 12);
  expect(spaced).toHaveLength(12);
  expect(spaced[0]).toBe(1.5);
  expect(spaced[11]).toBeCloseTo(40, 10);
  expect(spaced[1]! / spaced[0]!).toBeCloseTo(spaced[11]! / spaced[10]!, 10);
});
