import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastBusy, WeightedTurns } from "../../../../../src/targets/local/proxy/balancer.ts";

function take(turns: WeightedTurns, count: number): readonly string[] {
  return Array.from({ length: count }, () => turns.next());
}

function candidates(sides: readonly string[]): number {
  return sides.filter((side) => side === "candidate").length;
}

describe("WeightedTurns", () => {
  it("gives 5 % exactly one of any 20 turns in a row", () => {
    const turns = new WeightedTurns();
    turns.setWeight(5);
    const sides = take(turns, 200);
    for (let start = 0; start + 20 <= sides.length; start += 1) {
      expect(candidates(sides.slice(start, start + 20))).toBe(1);
    }
  });

  it("is never further than one turn away from the share, for any weight and length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 500 }), (share, count) => {
        const turns = new WeightedTurns();
        turns.setWeight(share / 1_000);
        const wanted = (share / 100_000) * count;
        expect(Math.abs(candidates(take(turns, count)) - wanted)).toBeLessThan(1);
      }),
    );
  });

  it("sends nothing at 0 and everything at 100", () => {
    const turns = new WeightedTurns();
    expect(candidates(take(turns, 50))).toBe(0);
    turns.setWeight(100);
    expect(candidates(take(turns, 50))).toBe(50);
    turns.setWeight(0);
    expect(candidates(take(turns, 50))).toBe(0);
    expect(turns.isShared).toBe(false);
  });

  it("is not disturbed by setting the weight that is set", () => {
    const turns = new WeightedTurns();
    turns.setWeight(10);
    let count = 0;
    for (let index = 0; index < 100; index += 1) {
      turns.setWeight(10);
      if (turns.next() === "candidate") count += 1;
    }
    expect(count).toBe(10);
  });

  it("takes a weight above zero for at least the smallest share", () => {
    const turns = new WeightedTurns();
    turns.setWeight(0.000_1);
    expect(turns.isShared).toBe(true);
  });
});

describe("leastBusy", () => {
  it("takes the one with the fewest requests, then the one that has waited longest", () => {
    const a = { inflight: 2, turn: 1 };
    const b = { inflight: 1, turn: 9 };
    const c = { inflight: 1, turn: 4 };
    expect(leastBusy([a, b, c])).toBe(c);
    expect(leastBusy([a, b])).toBe(b);
    const none: (typeof a)[] = [];
    expect(leastBusy(none)).toBeUndefined();
  });
});
