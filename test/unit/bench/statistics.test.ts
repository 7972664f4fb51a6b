import fc from "fast-check";
import { expect, test } from "vitest";
import { median, net, pairedRatio, spread, turns } from "../../../bench/lib/statistics.ts";

test("the median of an even number of values is between the middle two", () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("a spread holds the least and the most, in whatever order they came", () => {
  expect(spread([3, 9, 1])).toEqual({ median: 3, min: 1, max: 9 });
});

test("a ratio of rounds is not falsified by a machine that grows slower", () => {
  // Ours takes twice the bound's time in every round, while the machine slows down to a third.
  const bound = [100, 150, 200, 250, 300];
  expect(
    pairedRatio(
      bound.map((ms) => 2 * ms),
      bound,
    ),
  ).toBe(2);
  expect(net([110, 160, 210], [10, 60, 10])).toEqual([100, 100, 200]);
});

test("in as many rounds as there are things, each takes every turn once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (count) => {
      const rounds = Array.from({ length: count }, (_, round) => turns(count, round));
      for (let place = 0; place < count; place++)
        expect(new Set(rounds.map((round) => round[place])).size).toBe(count);
    }),
  );
});

test("the round that warms up has an order too", () => {
  expect(turns(3, -1)).toEqual([0, 1, 2]);
});
