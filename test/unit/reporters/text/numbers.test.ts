import { expect, test } from "vitest";
import { count, formatBytes, formatFigure, formatNumber } from "../../../../src/reporters/text/numbers.ts";

test("numbers have as many digits as a reader needs", () => {
  expect([0, 12, -3, 0.5, 0.04123, 81.235521, 812.44, 1234567.89, 0.1 + 0.2].map(formatNumber)).toEqual([
    "0",
    "12",
    "-3",
    "0.5",
    "0.0412",
    "81.24",
    "812.4",
    "1234567.9",
    "0.3",
  ]);
});

test("a figure says what it was held against", () => {
  expect(formatFigure({ name: "lines", value: 81.5, unit: "%", min: 80, previous: 82, ok: true })).toBe(
    "lines 81.5% (min 80%, was 82%)",
  );
  expect(formatFigure({ name: "p95", value: 12, unit: "ms", max: 10, ok: false })).toBe(
    "p95 12 ms (max 10 ms)",
  );
  expect(formatFigure({ name: "score", value: 1, ok: true })).toBe("score 1");
});

test("bytes and counts", () => {
  expect([0, 1023, 1024, 48_211_004, 3 * 2 ** 40, 5 * 2 ** 50].map(formatBytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "46.0 MiB",
    "3.0 TiB",
    "5120.0 TiB",
  ]);
  expect([count(1, "node"), count(0, "node")]).toEqual(["1 node", "0 nodes"]);
});
