import { expect, test } from "vitest";
import { formatOffset } from "../../../../src/reporters/text/offset.ts";

test("offsets are equally wide", () => {
  const offsets = [0, 999, 61_005, 3_599_999, 3_600_000, 37_265_000].map(formatOffset);
  expect(offsets).toEqual([
    "[   0.000s]",
    "[   0.999s]",
    "[  61.005s]",
    "[3599.999s]",
    "[  1:00:00]",
    "[ 10:21:05]",
  ]);
});

test("a clock that was set back gives no negative time", () => {
  expect(formatOffset(-5)).toBe("[   0.000s]");
});
