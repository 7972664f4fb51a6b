import { describe, expect, test } from "vitest";
import { ErrorGuard } from "../../../../src/strategies/judge/index.ts";

function guardAfter(...windows: readonly (readonly [number, number])[]): ErrorGuard {
  const guard = new ErrorGuard();
  for (const [requests, bad] of windows) guard.add({ requests, bad });
  return guard;
}

describe("ErrorGuard", () => {
  test("trips above half of 20 requests, not at half and not below 20", () => {
    expect(guardAfter([20, 11]).tripped).toEqual({ requests: 20, bad: 11 });
    expect(guardAfter([20, 10]).tripped).toBeUndefined();
    expect(guardAfter([19, 19]).tripped).toBeUndefined();
  });

  test("adds up small windows until there are 20 requests", () => {
    expect(guardAfter([7, 7], [7, 7]).tripped).toBeUndefined();
    expect(guardAfter([7, 7], [7, 7], [7, 7]).tripped).toEqual({ requests: 21, bad: 21 });
  });

  test("a long good time does not hide a collapse", () => {
    expect(guardAfter([100_000, 0], [30, 30]).tripped).toEqual({ requests: 30, bad: 30 });
    expect(guardAfter([100_000, 0], [10, 10], [10, 10]).tripped).toEqual({ requests: 20, bad: 20 });
  });

  test("forgets old errors", () => {
    expect(guardAfter([15, 15], [25, 0]).tripped).toBeUndefined();
  });
});
