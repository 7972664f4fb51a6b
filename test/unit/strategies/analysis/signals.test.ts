import { describe, expect, test } from "vitest";
import {
  canary,
  errorRate,
  latency,
  metric,
  type MetricWindow,
  scores,
} from "../../../../src/strategies/index.ts";
import { analyses, bySide, release, rig } from "../release.ts";

const steps = { steps: [50], every: "5m", warmup: 0, extend: 0, early: false } as const;

describe("plain limits", () => {
  test("more than `failureLimit` failed measurements fail; as many do not", async () => {
    const traffic = { errors: ({ at }: { at: number }) => (at < 60_000 ? 0.05 : 0) };
    const strict = canary({ ...steps, analysis: [errorRate({ max: 0.01, failureLimit: 1 })] });
    const lenient = canary({ ...steps, analysis: [errorRate({ max: 0.01, failureLimit: 2 })] });
    const taken = await release(strict, { traffic });
    expect(taken.result).toMatchObject({
      outcome: "rolled-back",
      reason:
        "errors <= 1 %: 5 % > 1 %, 300 requests, 2 failed measurements (limit 1), at 50 % of the traffic",
    });
    expect(taken.seconds).toBe(60);
    expect((await release(lenient, { traffic })).result.outcome).toBe("released");
  });

  test("failed measurements add up over the steps", async () => {
    const traffic = { errors: ({ at }: { at: number }) => (at % 300_000 < 30_000 ? 0.05 : 0) };
    const strategy = canary({
      ...steps,
      steps: [10, 20, 30],
      analysis: [errorRate({ max: 0.01, failureLimit: 2 })],
    });
    const { result, driver } = await release(strategy, { traffic });
    expect(result.outcome).toBe("rolled-back");
    expect(driver.weights).toEqual([10, 20, 30, 0]);
  });

  test("measurements without data are inconclusive above their limit", async () => {
    const values = [1, null, 1, 1, null, 1, 1, 1, 1, 1];
    const asked = (inconclusiveLimit: number) => {
      let index = 0;
      return metric({ name: "backlog", max: 5, inconclusiveLimit, query: () => values[index++] ?? null });
    };
    const strict = await release(canary({ ...steps, analysis: [asked(1)] }));
    expect(strict.result).toMatchObject({
      outcome: "rolled-back",
      reason: "inconclusive at 50 % of the traffic: backlog: 1, 2 without data (limit 1)",
    });
    expect((await release(canary({ ...steps, analysis: [asked(2)] }))).result.outcome).toBe("released");
  });

  test("only data passes, however many empty measurements are allowed", async () => {
    const empty = metric({ name: "backlog", max: 5, inconclusiveLimit: 100, query: () => null });
    expect((await release(canary({ ...steps, analysis: [empty] }))).result.outcome).toBe("rolled-back");
  });

  test("errors of the source count only in a row", async () => {
    const source = (pattern: string) => {
      let index = 0;
      return metric({
        name: "backlog",
        max: 5,
        interval: "10s",
        consecutiveErrorLimit: 2,
        query: () => (pattern[index++ % pattern.length] === "x" ? Promise.reject(new Error("503")) : 1),
      });
    };
    expect((await release(canary({ ...steps, analysis: [source("xx.")] }))).result.outcome).toBe("released");
    const { result, seconds } = await release(canary({ ...steps, analysis: [source("..xxx")] }));
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("the metric source failed 3 times in a row: 503"),
    });
    expect(seconds).toBe(50);
  });

  test("a source that fails at the very end has not passed", async () => {
    let index = 0;
    const dying = metric({
      name: "backlog",
      max: 5,
      query: () => (++index > 9 ? Promise.reject(new Error("503")) : 1),
    });
    expect((await release(canary({ ...steps, analysis: [dying] }))).result.outcome).toBe("rolled-back");
  });

  test("a value that is no number is an error, not a pass", async () => {
    const odd = metric({ name: "backlog", max: 5, query: () => Number.NaN });
    const { result } = await release(canary({ ...steps, analysis: [odd] }));
    expect(result).toMatchObject({
      reason: expect.stringContaining("the query gave NaN, which is not a number"),
    });
  });

  test("a minimum is held as a maximum is", async () => {
    const hits = metric({ name: "hit rate", min: 0.9, query: () => 0.85 });
    const { result } = await release(canary({ ...steps, analysis: [hits] }));
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("hit rate: 0.85 < 0.9"),
    });
  });

  test("a query is told the window that it is asked about", async () => {
    const windows: MetricWindow[] = [];
    const asked = metric({
      name: "backlog",
      max: 5,
      interval: "2m",
      query: (window) => {
        windows.push(window);
        return 1;
      },
    });
    const { clock, start } = rig();
    const began = clock.now();
    await clock.run(start(canary({ ...steps, analysis: [asked] })));
    expect(windows.map(({ from, to }) => [from - began, to - began])).toEqual([
      [0, 120_000],
      [120_000, 240_000],
    ]);
    expect(windows[0]).toMatchObject({
      target: "scripted",
      weight: 50,
      stable: { revision: 1, url: "http://r1.scripted.test" },
      candidate: { revision: 2, url: "http://r2.scripted.test" },
    });
  });

  test("an interval longer than the step is measured once, at its end", async () => {
    let asked = 0;
    const slow = metric({ name: "backlog", max: 5, interval: "1h", query: () => (asked += 1) });
    expect((await release(canary({ ...steps, analysis: [slow] }))).result.outcome).toBe("released");
    expect(asked).toBe(1);
  });

  test("a query that hangs does not keep the hard limit from being looked at", async () => {
    const hanging = metric({
      name: "backlog",
      max: 5,
      timeout: "1h",
      query: () => new Promise(() => undefined),
    });
    const { result, seconds } = await release(canary({ ...steps, analysis: [hanging] }), {
      traffic: { errors: ({ side, at }) => (side === "candidate" && at > 60_000 ? 1 : 0) },
    });
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("hard limit") });
    expect(seconds).toBeLessThanOrEqual(70);
  });

  test("a step waits for the answer to a slow query, not for ever", async () => {
    const { clock, start } = rig();
    const slow = metric({
      name: "backlog",
      max: 5,
      query: async ({ signal }) => {
        await clock.sleep(45_000, signal);
        return 9;
      },
    });
    const began = clock.now();
    const result = await clock.run(
      start(canary({ ...steps, every: "60s", analysis: [slow], window: "60s" })),
    );
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("backlog: 9 > 5"),
    });
    expect(clock.now() - began).toBeLessThanOrEqual(110_000);
    expect(clock.sleeping).toBe(0);
  });

  test("a query that is given up because its step is over is no error of its source", async () => {
    const down = metric({
      name: "down",
      max: 1,
      consecutiveErrorLimit: 0,
      query: () => Promise.reject(new Error("503")),
    });
    const hangs = metric({ name: "hangs", max: 1, timeout: "1h", query: () => new Promise(() => undefined) });
    const { context } = await release(
      canary({ ...steps, steps: [10, 50], onInconclusive: "promote", analysis: [down, hangs] }),
    );
    const texts = analyses(context).map((event) => event.signals[1]?.text);
    expect(texts.length).toBeGreaterThanOrEqual(2);
    expect(new Set(texts)).toEqual(new Set(["hangs: not measured yet"]));
  });

  test("a latency beyond the histogram fails a limit within it and says nothing of one beyond", async () => {
    const traffic = { latency: 100_000 };
    const within = await release(canary({ ...steps, analysis: [latency({ max: "5s" })] }), { traffic });
    expect(within.result).toMatchObject({
      reason: expect.stringContaining("above 10000 ms, the histogram's last bound"),
    });
    const beyond = await release(canary({ ...steps, analysis: [latency({ max: "1m" })] }), { traffic });
    expect(beyond.result).toMatchObject({ reason: expect.stringMatching(/^inconclusive/) });
  });
});

describe("comparing with stable", () => {
  test("alpha is shared out among the metrics that are tested", async () => {
    const { context } = await release(
      canary({ ...steps, alpha: 0.02, analysis: [errorRate(), latency(), errorRate({ max: 0.5 })] }),
      { traffic: { errors: 0.01 } },
    );
    expect(analyses(context).at(-1)?.signals[0]?.text).toContain("< 100");
  });

  test("a metric with a plain limit keeps a step from passing early", async () => {
    const traffic = { rate: 2_000, errors: 0.05 };
    const options = { ...steps, early: true };
    const alone = await release(canary({ ...options, analysis: [errorRate()] }), { traffic });
    const beside = await release(canary({ ...options, analysis: [errorRate(), errorRate({ max: 0.5 })] }), {
      traffic,
    });
    expect(alone.seconds).toBeLessThan(180);
    expect(beside.seconds).toBe(300);
  });

  test("slow requests are counted from a bound chosen before, once stable shows enough", async () => {
    const { result, context } = await release(canary({ ...steps, analysis: [latency({ quantile: 0.5 })] }), {
      traffic: { rate: 4 },
    });
    const texts = analyses(context).map((event) => event.signals[0]?.text ?? "");
    expect(texts[0]).toContain("stable has not answered 100 requests yet");
    // The window that shows enough is not judged by the bound that it shows.
    const samples = analyses(context).map((event) => event.signals[0]?.samples);
    expect(samples).toEqual([0, 0, 60, 120, 180, 240, 300, 360, 420, 480]);
    expect(texts.at(-1)).toMatch(
      /^slower than 25 ms \(latency p50\) \d\d(\.\d)? % against \d\d(\.\d)? % at stable/,
    );
    expect(result.outcome).toBe("released");
  });

  test("without latencies there is nothing to say of them", async () => {
    const { result } = await release(canary({ ...steps, analysis: [latency()] }), {
      traffic: { bounds: [] },
    });
    expect(result).toMatchObject({ reason: expect.stringContaining("the target measures no latencies") });
  });

  test("a difference that nobody would notice is told and passes", async () => {
    const { result, context } = await release(canary({ ...steps, analysis: [errorRate()] }), {
      traffic: { rate: 200_000, errors: bySide(0.0006, 0.0001) },
    });
    expect(result.outcome).toBe("released");
    expect(analyses(context).at(-1)?.signals[0]?.text).toContain(">= 100, a difference of less than 0.1 %");
  });
});

describe("scores", () => {
  test.each([
    [[{ baseline: 0.5, candidate: 1.2 }], "scores are from 0 to 1, got 0.5 and 1.2"],
    [{ baseline: [0.5, 0.6], candidate: [0.5] }, "2 scores of stable and 1 of the candidate do not pair up"],
  ])("refuses %j as an error of the source", async (given, message) => {
    const answers = scores({ name: "answers", query: () => given });
    const { result } = await release(canary({ ...steps, analysis: [answers] }));
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining(message) });
  });

  test("a query that is given up because its step passed early is no error of its source", async () => {
    const { clock, driver, start } = rig({ traffic: { rate: 2_000, errors: 0.05 } });
    let asked = 0;
    const answers = scores({
      name: "answers",
      consecutiveErrorLimit: 0,
      query: async ({ signal }) => {
        asked += 1;
        if (asked % 2 === 0) await clock.sleep(200_000, signal);
        return { baseline: Array<number>(200).fill(0.8), candidate: Array<number>(200).fill(0.8) };
      },
    });
    const strategy = canary({ ...steps, steps: [10, 50], early: true, analysis: [answers, errorRate()] });
    expect(await clock.run(start(strategy))).toMatchObject({ outcome: "released" });
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(driver.weights).toEqual([10, 50, 100]);
  });

  test("none are no pass", async () => {
    const answers = scores({ name: "answers", query: () => [] });
    const { result } = await release(canary({ ...steps, analysis: [answers] }));
    expect(result).toMatchObject({ reason: expect.stringContaining("answers: no scores") });
  });

  test("equal ones pass early; too few undecided ones are inconclusive", async () => {
    const equal = (pairs: number, minimum?: number) =>
      scores({
        name: "answers",
        ...(minimum === undefined ? {} : { minimum }),
        query: () =>
          Array<{ baseline: number; candidate: number }>(pairs).fill({ baseline: 0.8, candidate: 0.8 }),
      });
    const many = await release(canary({ ...steps, early: true, analysis: [equal(40)] }));
    expect(many.result.outcome).toBe("released");
    expect(many.seconds).toBeLessThan(120);
    const few = await release(canary({ ...steps, analysis: [equal(1)] }));
    expect(few.result).toMatchObject({
      reason: expect.stringContaining("only 10 of the 100 needed in this step"),
    });
    expect((await release(canary({ ...steps, analysis: [equal(1, 10)] }))).result.outcome).toBe("released");
  });
});
