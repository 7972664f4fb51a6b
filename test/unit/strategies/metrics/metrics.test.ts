import { describe, expect, test } from "vitest";
import { isSluiceError } from "../../../../src/errors/index.ts";
import { errorRate, latency, metric, scores } from "../../../../src/strategies/index.ts";
import { describeMetric } from "../../../../src/strategies/metrics/index.ts";

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.hint).toMatch(/\w/);
    return error.message;
  }
  throw new Error("accepted");
}

describe("errorRate", () => {
  test("without a limit is compared with stable", () => {
    expect(errorRate()).toEqual({
      kind: "compared",
      name: "errors",
      of: { kind: "errors" },
      bursty: false,
      consecutiveErrorLimit: 4,
    });
    expect(errorRate({ bursty: true, consecutiveErrorLimit: 0 })).toMatchObject({
      bursty: true,
      consecutiveErrorLimit: 0,
    });
  });

  test("with a limit is a threshold with Argo's defaults", () => {
    expect(errorRate({ max: 0.01 })).toMatchObject({
      kind: "threshold",
      name: "errors <= 1 %",
      max: 0.01,
      failureLimit: 0,
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 4,
    });
  });

  test.each([
    [{ max: 1.5 }, "max: 1.5 is not a share"],
    [{ max: Number.NaN }, "max: NaN is not a share"],
    [{ max: 0.1, failureLimit: -1 }, "failureLimit: -1 is not a whole number"],
    [{ max: 0.1, inconclusiveLimit: 0.5 }, "inconclusiveLimit: 0.5 is not a whole number"],
    [{ max: 0.1, interval: "soon" }, 'interval: "soon" is not a duration'],
    [{ max: 0.1, bursty: true }, "bursty: has no meaning beside `max`"],
    [{ failureLimit: 1 }, "failureLimit: has no meaning without `max`"],
    [{ consecutiveErrorLimit: -1 }, "consecutiveErrorLimit: -1 is not a whole number"],
  ])("refuses %j", (options, message) => {
    expect(refusal(() => errorRate(options as never))).toContain(message);
  });

  test("says all problems at once", () => {
    const message = refusal(() => errorRate({ max: 2, failureLimit: -1, interval: "x" }));
    expect(message).toContain("3 problems");
    expect(message).toContain("max:");
    expect(message).toContain("failureLimit:");
    expect(message).toContain("interval:");
  });
});

describe("latency", () => {
  test("names its quantile and limit", () => {
    expect(latency()).toMatchObject({ kind: "compared", name: "latency p95" });
    expect(latency({ quantile: 0.999 }).name).toBe("latency p99.9");
    expect(latency({ max: "800ms" })).toMatchObject({
      kind: "threshold",
      name: "latency p95 <= 800ms",
      max: 800,
    });
  });

  test.each([
    [{ quantile: 1 }, "quantile: 1 is not between 0 and 1"],
    [{ quantile: 99 }, "quantile: 99 is not between 0 and 1"],
    [{ max: "800" }, 'max: "800" is not a duration'],
    [{ interval: "1m" }, "interval: has no meaning without `max`"],
  ])("refuses %j", (options, message) => {
    expect(refusal(() => latency(options as never))).toContain(message);
  });
});

describe("metric", () => {
  const query = () => 1;

  test.each([
    [{ name: "backlog", query }, "max: neither `max` nor `min` is given"],
    [{ name: " ", query, max: 1 }, "name: is empty"],
    [{ name: "backlog", query: "up", max: 1 }, "query: a string cannot be asked"],
    [{ name: "backlog", query, max: 1, min: 2 }, "min: 2 is above `max` (1)"],
    [{ name: "backlog", query, max: Infinity }, "max: Infinity is not a number"],
    [{ name: "backlog", query, max: 1, timeout: "never" }, 'timeout: "never" is not a duration'],
  ])("refuses %j", (options, message) => {
    expect(refusal(() => metric(options as never))).toContain(message);
  });
});

describe("scores", () => {
  test("refuses what cannot be asked", () => {
    expect(refusal(() => scores({ name: "", query: undefined as never, minimum: 0 }))).toContain(
      "3 problems",
    );
  });
});

test("a metric is described as JSON, with functions by their names", () => {
  const described = [
    errorRate(),
    latency({ max: 800, interval: "10s" }),
    metric({
      name: "backlog",
      query: async function jobsWaiting() {
        return null;
      },
      max: 3,
      unit: "jobs",
    }),
    scores({ name: "answers", query: () => [] }),
  ].map(describeMetric);
  expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  expect(described[2]).toMatchObject({ of: { kind: "query", query: "jobsWaiting", timeout: 60_000 } });
  expect(described[3]).toMatchObject({ kind: "scores", query: "query", minimum: 100 });
});
