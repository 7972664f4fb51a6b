import { describe, expect, it } from "vitest";
import { blueGreen, canary, rolling } from "../../../src/strategies/index.ts";

describe("a strategy that lacks options", () => {
  it.each([
    ["canary()", () => canary(undefined as never), "canary: options: are missing"],
    ["rolling(null)", () => rolling(null as never), "rolling: options: are missing"],
    ["blueGreen(null)", () => blueGreen(null as never), "blueGreen: options: are missing"],
    ["rolling(5)", () => rolling(5 as never), "rolling: options: a number is not an object"],
    ["without a list", () => canary({ steps: [5], every: "1m" } as never), "canary: analysis: is missing"],
    ["without a time", () => canary({ steps: [5], analysis: [] } as never), "every: is missing"],
    ["null for a list", () => rolling({ analysis: null } as never), "rolling: analysis: is missing"],
    ["null for a metric", () => rolling({ pause: "1m", analysis: [null] } as never), "null is not a metric"],
  ])("is refused in words: %s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
  });
});
