import { describe, expect, test } from "vitest";
import type { SideCounts } from "../../../../src/ports/index.ts";
import { countsBetween } from "../../../../src/strategies/analysis/observation.ts";

function counts(
  requests: number,
  errors: number,
  latency: readonly number[],
  bounds = [100, 250],
): SideCounts {
  return { requests, errors, latency: { bounds, counts: latency } };
}

describe("countsBetween", () => {
  test("is what was added", () => {
    expect(countsBetween(counts(10, 1, [8, 1, 1]), counts(30, 4, [20, 7, 3]))).toEqual(
      counts(20, 3, [12, 6, 2]),
    );
  });

  test("nothing is known where a side is missing or its totals went down", () => {
    expect(countsBetween(undefined, counts(30, 4, [20, 7, 3]))).toBeUndefined();
    expect(countsBetween(counts(30, 4, [20, 7, 3]), undefined)).toBeUndefined();
    expect(countsBetween(counts(30, 4, [20, 7, 3]), counts(5, 4, [20, 7, 3]))).toBeUndefined();
    expect(countsBetween(counts(30, 4, [20, 7, 3]), counts(50, 0, [40, 7, 3]))).toBeUndefined();
    expect(countsBetween(counts(30, 4, [20, 7, 3]), counts(50, 4, [41, 6, 3]))).toBeUndefined();
  });

  test("nothing is known where the histogram has other bounds", () => {
    expect(countsBetween(counts(10, 1, [8, 1, 1]), counts(30, 4, [20, 7, 3], [100, 300]))).toBeUndefined();
  });
});
