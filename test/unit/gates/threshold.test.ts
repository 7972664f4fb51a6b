import { describe, expect, it } from "vitest";
import { threshold, type ThresholdMetric, type ThresholdOptions } from "../../../src/gates/index.ts";
import { REF } from "../../../src/model/index.ts";
import { baselineOf, errorOf, figure, judge, reportContext } from "./support.ts";

const judgeOne = (metric: ThresholdMetric, previous?: number) =>
  judge(
    threshold({ metrics: { m: metric } }),
    reportContext({}, previous === undefined ? undefined : { kind: "threshold", values: { m: previous } }),
  );

describe("threshold", () => {
  it.each<[string, ThresholdMetric, number | undefined, "passed" | "failed"]>([
    ["at min", { value: 0.9, min: 0.9 }, undefined, "passed"],
    ["below min", { value: 0.899999, min: 0.9 }, undefined, "failed"],
    ["at max", { value: 250, max: 250 }, undefined, "passed"],
    ["above max", { value: 250.1, max: 250 }, undefined, "failed"],
    ["no run before", { value: 1, maxDrop: 0 }, undefined, "passed"],
    ["a drop that is allowed, in binary fractions", { value: 0.88, maxDrop: 0.02 }, 0.9, "passed"],
    ["a larger drop", { value: 0.87, maxDrop: 0.02 }, 0.9, "failed"],
    ["a rise where only drops are limited", { value: 5, maxDrop: 0 }, 1, "passed"],
    ["a rise that is allowed", { value: 0.3, maxRise: 0.1 }, 0.2, "passed"],
    ["a larger rise", { value: 0.31, maxRise: 0.1 }, 0.2, "failed"],
    ["a small drop below min", { value: 0.89, min: 0.9, maxDrop: 0.1 }, 0.9, "failed"],
    ["at min but for binary fractions", { value: 0.3 - 0.1, min: 0.2 }, undefined, "passed"],
    ["at max but for binary fractions", { value: 0.1 + 0.2, max: 0.3 }, undefined, "passed"],
    ["negative numbers", { value: -2, min: -1 }, undefined, "failed"],
  ])("%s", async (_name, metric, previous, outcome) => {
    expect((await judgeOne(metric, previous)).outcome).toBe(outcome);
  });

  it("tells the figure, its limits and what it was before", async () => {
    const verdict = await judgeOne({ value: 0.85, min: 0.8, maxDrop: 0.02, unit: "share" }, 0.9);
    expect(figure(verdict, "m")).toEqual({
      name: "m",
      value: 0.85,
      unit: "share",
      min: 0.88,
      previous: 0.9,
      ok: false,
    });
    expect((await judgeOne({ value: 1, min: 0 })).summary).toBe("1 figure keeps its limits");
    expect(verdict.summary).toBe("m 0.85 share (at least 0.88, before 0.9)");
  });

  it("says what it could not compare, and keeps the values for the next run only where it passes", async () => {
    const context = reportContext({}, { kind: "threshold", values: { old: 1 } });
    const check = threshold({ metrics: { old: { value: 1, maxDrop: 0 }, fresh: { value: 2, maxRise: 1 } } });
    expect((await judge(check, context)).summary).toContain("no accepted run to compare fresh with");
    expect(baselineOf(context)).toEqual({ kind: "threshold", run: "run-2", values: { old: 1, fresh: 2 } });
    const failing = reportContext();
    await judge(threshold({ metrics: { m: { value: 1, min: 2 } } }), failing);
    expect(failing.proposed).toEqual([]);
  });

  it.each([
    ["a text", "0.9"],
    ["null", null],
    ["nothing", undefined],
    ["NaN", Number.NaN],
  ])("refuses %s as a value", async (_name, value) => {
    const check = threshold({ metrics: { m: { value: 1, min: 0 } } });
    const error = await errorOf(() =>
      check.judge(undefined, { metrics: { m: { value, min: 0 } } } as never, reportContext()),
    );
    expect(error.code).toBe("GATE_ERROR");
    expect(error.message).toContain("m is no number");
  });

  it("keeps refs in its spec for the engine to fill in", () => {
    const ref = { [REF]: { expression: { $ref: "a/b", path: [] }, passed: [] } } as unknown as number;
    const check = threshold({ metrics: { m: { value: ref, min: 0 } } });
    expect(check.spec).toEqual({ metrics: { m: { value: ref, min: 0 } } });
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "the argument must be an object"],
    ["no metrics", { metrics: {} }, "there is no metric"],
    ["no metrics at all", {}, "there is no metric"],
    ["a metric without a limit", { metrics: { m: { value: 1 } } }, "m has no limit"],
    ["a metric without a value", { metrics: { m: { min: 1 } } }, "m has no value"],
    ["NaN as a limit", { metrics: { m: { value: 1, min: Number.NaN } } }, "m.min must be a number, got NaN"],
    ["NaN as a value", { metrics: { m: { value: Number.NaN, min: 1 } } }, "m.value must be a number"],
    [
      "a negative drop",
      { metrics: { m: { value: 1, maxDrop: -1 } } },
      "m.maxDrop must be a number of at least 0",
    ],
    [
      "limits that nothing can keep",
      { metrics: { m: { value: 1, min: 3, max: 2 } } },
      "min 3 is above max 2",
    ],
    [
      "a misspelt limit",
      { metrics: { m: { value: 1, minimum: 2, min: 1 } } },
      "there is no option m.minimum",
    ],
    ["a number for a metric", { metrics: { m: 3 } }, "m must be an object, got 3"],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => threshold(options as ThresholdOptions));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
  });
});
