import { expect, test } from "vitest";
import { eValue, figure, percent, plural } from "../../../../src/strategies/analysis/text.ts";

test.each([
  [0, "0 %"],
  [0.00004, "0.004 %"],
  [0.0004, "0.04 %"],
  [0.0043, "0.43 %"],
  [0.01, "1 %"],
  [0.0833, "8.3 %"],
  [0.5, "50 %"],
  [1, "100 %"],
])("percent(%d) is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});

test.each([
  [-Infinity, "0"],
  [-20, "0"],
  [Math.log(0.0213), "0.021"],
  [0, "1"],
  [Math.log(131.4), "131"],
  [Math.log(2.4e9), "2.4e+9"],
  [5_000, "3.0e+2171"],
])("eValue(%d) is %s", (log, text) => {
  expect(eValue(log)).toBe(text);
});

test("figures and counts are short", () => {
  expect([412, 0.614, 0.6, 199.96, -3.25].map(figure)).toEqual(["412", "0.61", "0.6", "200", "-3.3"]);
  expect([plural(1, "request"), plural(412.2, "request")]).toEqual(["1 request", "412 requests"]);
});
