import { describe, expect, test } from "vitest";
import { isSluiceError } from "../../../src/errors/index.ts";
import {
  canary,
  type CanaryOptions,
  errorRate,
  latency,
  metric,
  scores,
} from "../../../src/strategies/index.ts";
import type { TrafficMoment } from "../../../src/testing/index.ts";
import { analyses, bySide, calls, release, rig } from "./release.ts";

const options: CanaryOptions = { steps: [5, 25, 50], every: "5m", analysis: [errorRate(), latency()] };

describe("a canary that is as good as stable", () => {
  test("goes step by step to all traffic and full size", async () => {
    const { result, driver, context } = await release(canary({ ...options, early: false }));
    expect(result).toMatchObject({
      outcome: "released",
      release: { revision: 2, digest: "sha256:candidate" },
    });
    expect(calls(driver)).toEqual([
      "start(1)",
      "route(5)",
      "scale(candidate,1)~",
      "route(25)",
      "scale(candidate,2)",
      "route(50)",
      "scale(candidate,4)",
      "promote()",
    ]);
    expect(driver.weights).toEqual([5, 25, 50, 100]);
    expect(driver.state).toMatchObject({
      stable: { revision: 2, ready: 4 },
      candidate: undefined,
      current: true,
    });
    expect(context.events[0]).toEqual({
      type: "rollout.started",
      target: "scripted",
      strategy: "canary",
      revision: 2,
      from: 1,
    });
    expect(context.events.filter((event) => event.type === "rollout.weight")).toEqual([
      { type: "rollout.weight", target: "scripted", weight: 5, step: 1, steps: 3 },
      { type: "rollout.weight", target: "scripted", weight: 25, step: 2, steps: 3 },
      { type: "rollout.weight", target: "scripted", weight: 50, step: 3, steps: 3 },
    ]);
    expect(context.events.at(-1)).toMatchObject({ type: "rollout.promoted", release: { revision: 2 } });
  });

  test("is watched for the whole of every step unless it may pass early", async () => {
    const traffic = { rate: 400, errors: 0.02 };
    const whole = await release(canary({ ...options, early: false }), { traffic });
    const early = await release(canary(options), { traffic });
    expect(whole.seconds).toBe(15 * 60);
    expect(early.seconds).toBeLessThan(10 * 60);
    expect(early.driver.weights).toEqual(whole.driver.weights);
  });

  test("every window and every step is told in words", async () => {
    const { context } = await release(canary({ ...options, steps: [50], early: false }), {
      traffic: { errors: 0.01 },
    });
    const said = analyses(context);
    // A warm-up of 60 s, then windows of 30 s up to five minutes.
    expect(said.map((event) => event.outcome)).toEqual([...Array<string>(7).fill("continue"), "pass"]);
    expect(said.at(-1)?.signals[0]?.text).toBe(
      "errors 1 % against 1 % at stable, 2400 requests, e-value 0.049 < 200",
    );
    expect(said.at(-1)?.signals[0]).toMatchObject({ samples: 2_400, unit: "%" });
  });

  test("keeps replicas at a fixed number until all traffic comes", async () => {
    const { driver } = await release(canary({ ...options, replicas: 3 }), { desired: 6 });
    expect(calls(driver).filter((call) => !call.startsWith("route"))).toEqual([
      "start(3)",
      "scale(candidate,3)~",
      "scale(candidate,3)~",
      "scale(candidate,6)",
      "promote()",
    ]);
  });
});

describe("a canary that is worse", () => {
  test("is taken back, with the figures", async () => {
    const { result, driver, context } = await release(canary(options), {
      traffic: { errors: bySide(0.1, 0.004) },
    });
    expect(result.outcome).toBe("rolled-back");
    const reason = result.outcome === "rolled-back" ? result.reason : "";
    expect(reason).toMatch(
      /^errors 10 % against 0\.39 % at stable, \d+ requests, e-value \d+ >= 200, at 5 % of the traffic$/,
    );
    expect(driver.weights).toEqual([5, 0]);
    expect(driver.state).toMatchObject({
      stable: { revision: 1, ready: 4 },
      candidate: undefined,
      weight: 0,
    });
    expect(context.events.at(-1)).toEqual({
      type: "rollout.aborted",
      target: "scripted",
      reason,
      restored: 1,
    });
  });

  test("is found by its latency alone", async () => {
    const { result } = await release(canary(options), { traffic: { latency: bySide(200, 50) } });
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(
        /^slower than 250 ms \(latency p95\) 2\d(\.\d)? % against 0\.\d+ % at stable/,
      ),
    });
  });

  test("is found when only a larger share of the traffic breaks it", async () => {
    const { result, driver } = await release(canary(options), {
      traffic: { errors: ({ side, weight }) => (side === "candidate" && weight >= 50 ? 0.2 : 0.002) },
    });
    expect(result.outcome).toBe("rolled-back");
    expect(driver.weights).toEqual([5, 25, 50, 0]);
  });

  test("goes at once when most of its requests fail, in the warm-up too", async () => {
    const { result, seconds } = await release(canary(options), {
      traffic: { rate: 100, errors: bySide(0.9, 0) },
    });
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("over the hard limit of 50 %"),
    });
    expect(seconds).toBeLessThanOrEqual(5);
  });

  test("is not blamed for what happens while it warms up", async () => {
    const traffic = {
      rate: 60,
      latency: ({ side, age }: TrafficMoment) => (side === "candidate" && age < 55_000 ? 400 : 50),
    };
    const short: CanaryOptions = { ...options, replicas: 1, window: "10s" };
    expect((await release(canary(short), { traffic })).result.outcome).toBe("released");
    const { result, seconds } = await release(canary({ ...short, warmup: 0 }), { traffic });
    expect(result.outcome).toBe("rolled-back");
    expect(seconds).toBeLessThan(60);
  });
});

describe("a canary about which nothing can be said", () => {
  const silent = { traffic: { rate: 0 } };

  test.each([
    ["rollback", "rolled-back", [5, 0]],
    ["hold", "held", [5]],
    ["promote", "released", [5, 25, 50, 100]],
  ] as const)("%s", async (onInconclusive, outcome, weights) => {
    const { result, driver, seconds } = await release(canary({ ...options, onInconclusive }), silent);
    expect(result.outcome).toBe(outcome);
    expect(driver.weights).toEqual(weights);
    // Each step and two extensions.
    expect(seconds).toBe((onInconclusive === "promote" ? 3 : 1) * 15 * 60);
  });

  test("is rolled back by default, and the reason says what was missing", async () => {
    const { result } = await release(canary({ ...options, extend: 0 }), { traffic: { rate: 4 } });
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(
        /^inconclusive at 5 % of the traffic: errors .* only 48 of the 100 needed in this step/,
      ),
    });
  });

  test("an extension gives slow traffic the time that it needs", async () => {
    const { result, seconds } = await release(canary({ ...options, steps: [5] }), { traffic: { rate: 4 } });
    expect(result.outcome).toBe("released");
    expect(seconds).toBe(10 * 60);
  });

  test("holding leaves the weight and tells", async () => {
    const { driver, context } = await release(canary({ ...options, onInconclusive: "hold" }), silent);
    expect(driver.state).toMatchObject({ weight: 5, candidate: { revision: 2 } });
    expect(context.events.at(-1)).toMatchObject({ type: "rollout.held", weight: 5 });
  });

  test("a metric source that keeps failing ends the step without extensions, and never passes", async () => {
    const broken = metric({ name: "backlog", max: 5, query: () => Promise.reject(new Error("503")) });
    const { result, seconds } = await release(canary({ ...options, analysis: [broken] }));
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: "inconclusive at 5 % of the traffic: backlog: the metric source failed 5 times in a row: 503",
    });
    expect(seconds).toBe(60 + 5 * 30);
  });
});

describe("a first release", () => {
  test("gets all traffic once it is healthy, and says that nothing was compared", async () => {
    const { result, driver, context, seconds } = await release(canary(options), { stable: 0 });
    expect(result).toMatchObject({ outcome: "released", release: { revision: 1 } });
    expect(calls(driver)).toEqual(["start(4)", "route(100)", "promote()"]);
    expect(seconds).toBe(0);
    expect(analyses(context)).toHaveLength(1);
    expect(analyses(context)[0]?.signals[0]?.text).toContain("first release on scripted");
    expect(context.events[0]).not.toHaveProperty("from");
  });

  test("that is unhealthy is taken back, with nothing to restore", async () => {
    const { result, driver, context } = await release(canary(options), {
      stable: 0,
      faults: [{ call: "start", does: "unhealthy" }],
    });
    expect(result.outcome).toBe("rolled-back");
    expect(driver.state).toMatchObject({ stable: undefined, candidate: undefined });
    expect(context.events.at(-1)).not.toHaveProperty("restored");
  });
});

describe("continuing", () => {
  test("nothing is done where stable already is what is wanted", async () => {
    const { result, driver, context } = await release(canary(options), { digest: "sha256:stable" });
    expect(result).toMatchObject({ outcome: "released", release: { revision: 1 } });
    expect(calls(driver)).toEqual(["promote()~"]);
    expect(context.events).toEqual([]);
  });

  test.each([
    [0, ["start(1)~", "route(5)"]],
    [5, ["scale(candidate,1)~", "route(5)~"]],
    [17, ["scale(candidate,1)~", "route(25)"]],
    [25, ["scale(candidate,1)~", "route(25)~"]],
    [50, ["scale(candidate,2)", "route(50)~"]],
    [80, ["scale(candidate,4)", "promote()"]],
  ])("a candidate at weight %i goes on from there", async (weight, first) => {
    const { clock, driver, start } = rig();
    await driver.start(1);
    await driver.route(weight);
    const before = driver.calls.length;
    expect(await clock.run(start(canary(options)))).toMatchObject({ outcome: "released" });
    expect(calls(driver).slice(before, before + 2)).toEqual(first);
  });

  test("a candidate that was left at a step is watched for a whole step again", async () => {
    const { clock, driver, start } = rig();
    await driver.start(2);
    await driver.route(50);
    const began = clock.now();
    await clock.run(start(canary({ ...options, early: false })));
    expect(clock.now() - began).toBe(5 * 60_000);
  });
});

describe("trouble with the target", () => {
  test("replicas that do not become healthy at a later step take the release back", async () => {
    const { result, driver } = await release(canary(options), {
      faults: [{ call: "scale", nth: 2, does: "unhealthy" }],
    });
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining("did not become healthy"),
    });
    expect(driver.state).toMatchObject({
      stable: { revision: 1, ready: 4 },
      candidate: undefined,
      weight: 0,
    });
  });

  test("any other error takes the candidate back too and is passed on", async () => {
    const { clock, driver, context, start } = rig({
      faults: [{ call: "route", nth: 2, does: "throw", error: new Error("proxy gone") }],
    });
    await expect(clock.run(start(canary(options)))).rejects.toThrow("proxy gone");
    expect(driver.state).toMatchObject({ candidate: undefined, weight: 0 });
    expect(context.events.at(-1)).toMatchObject({
      type: "rollout.aborted",
      reason: "proxy gone",
      restored: 1,
    });
  });

  test("an abort that fails is loud, with both errors, and never a rollback", async () => {
    const { clock, context, start } = rig({
      faults: [
        { call: "start", does: "unhealthy" },
        { call: "abort", does: "throw", error: new Error("connection refused") },
      ],
    });
    const error: unknown = await clock.run(start(canary(options))).catch((reason: unknown) => reason);
    if (!isSluiceError(error)) throw error;
    expect(error.code).toBe("ABORT_FAILED");
    expect(error.message).toContain("could NOT be taken back");
    expect(error.message).toContain("connection refused");
    expect(error.message).toContain("did not become healthy");
    const errors: readonly Error[] = error.cause instanceof AggregateError ? error.cause.errors : [];
    expect(errors.map((one) => one.message)).toEqual([
      "the candidate on scripted did not become healthy",
      "connection refused",
    ]);
    expect(context.events.some((event) => event.type === "rollout.aborted")).toBe(false);
  });

  test("an abort that fails after a bad verdict names the verdict", async () => {
    const { clock, start } = rig({
      traffic: { errors: bySide(0.2, 0) },
      faults: [{ call: "abort", does: "throw", error: new Error("connection refused") }],
    });
    await expect(clock.run(start(canary(options)))).rejects.toThrow(
      /connection refused.*because errors 20 %/,
    );
  });

  test("a promotion that failed after it took effect is a release, not a rollback", async () => {
    const { result, driver } = await release(canary(options), {
      faults: [{ call: "promote", does: "throw", when: "after" }],
    });
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(driver.state.current).toBe(true);
  });

  test("a promotion that took effect is a release too while a replica is not ready", async () => {
    const { clock, driver, context, start } = rig({
      faults: [{ call: "promote", does: "throw", when: "after" }],
    });
    const observe = driver.observe.bind(driver);
    Object.assign(driver, { observe: async () => ({ ...(await observe()), current: false }) });
    expect(await clock.run(start(canary(options)))).toMatchObject({
      outcome: "released",
      release: { revision: 2 },
    });
    expect(context.events.some(({ type }) => type === "rollout.aborting")).toBe(false);
  });

  test("a promotion after which another revision is live did not take effect", async () => {
    const { clock, driver, start } = rig({ faults: [{ call: "promote", does: "throw" }] });
    const observe = driver.observe.bind(driver);
    const gone = async () => ({ ...(await observe()), candidate: undefined, current: true });
    const promote = driver.promote.bind(driver);
    Object.assign(driver, {
      promote: () => {
        Object.assign(driver, { observe: gone });
        return promote();
      },
    });
    await expect(clock.run(start(canary(options)))).rejects.toThrow("the scripted promote failed");
  });

  test("a promotion that took effect and cannot be confirmed is an error, and claims no rollback", async () => {
    const { clock, driver, context, start } = rig({
      faults: [
        { call: "promote", does: "throw", when: "after" },
        { call: "promote", nth: 2, does: "unhealthy" },
      ],
    });
    await expect(clock.run(start(canary(options)))).rejects.toThrow("did not become healthy");
    expect(driver.state).toMatchObject({ current: true, stable: { revision: 2 } });
    expect(calls(driver)).not.toContain("abort()~");
    expect(context.events.some((event) => event.type === "rollout.aborted")).toBe(false);
  });

  test("a promotion of which nothing is known is an error, and nothing is taken back", async () => {
    const { clock, driver, start } = rig({
      faults: [
        { call: "promote", does: "throw", when: "after", error: new Error("connection reset") },
        // One look at the beginning, two for each step, one at full size.
        { call: "observe", nth: 9, does: "throw" },
      ],
    });
    const error: unknown = await clock.run(start(canary(options))).catch((reason: unknown) => reason);
    if (!isSluiceError(error)) throw error;
    expect(error.message).toContain("it is unknown whether it took effect");
    const errors: readonly Error[] = error.cause instanceof AggregateError ? error.cause.errors : [];
    expect(errors.map((one) => one.message)).toEqual(["connection reset", "the scripted observe failed"]);
    expect(calls(driver).filter((call) => call.startsWith("abort"))).toEqual([]);
  });

  test("a promotion that failed before it took effect takes the candidate back", async () => {
    const { clock, driver, start } = rig({ faults: [{ call: "promote", does: "throw" }] });
    await expect(clock.run(start(canary(options)))).rejects.toThrow("the scripted promote failed");
    expect(driver.state).toMatchObject({ stable: { revision: 1 }, candidate: undefined });
  });

  test("a target that counts no requests is refused before anything changes", async () => {
    const { clock, driver, start } = rig({ traffic: null });
    await expect(clock.run(start(canary(options)))).rejects.toMatchObject({ code: "METRICS_UNAVAILABLE" });
    expect(driver.calls).toEqual([]);
    const asked = metric({ name: "backlog", max: 5, query: () => 1 });
    const { result } = await release(canary({ ...options, analysis: [asked] }), { traffic: null });
    expect(result.outcome).toBe("released");
  });

  test("a count source that fails now and then costs windows, not the rollout", async () => {
    const faults = [3, 9, 21].map((nth) => ({ call: "snapshot", nth, does: "throw" }) as const);
    const { result } = await release(canary(options), { faults });
    expect(result.outcome).toBe("released");
  });

  test("a count source that stays away is inconclusive", async () => {
    const faults = Array.from({ length: 200 }, (_, index) => ({
      call: "snapshot" as const,
      nth: index + 10,
      does: "throw" as const,
    }));
    const { result } = await release(canary(options), { faults });
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringContaining(
        "the metric source failed 5 times in a row: the scripted snapshot failed",
      ),
    });
  });
});

describe("cancelling", () => {
  test("takes the candidate back and passes the reason on", async () => {
    const controller = new AbortController();
    const { clock, driver, context, start } = rig({}, controller.signal);
    const outcome = expect(start(canary(options))).rejects.toThrow("Ctrl-C");
    await clock.advance(400_000);
    expect(driver.state.weight).toBe(25);
    controller.abort(new Error("Ctrl-C"));
    await outcome;
    expect(driver.state).toMatchObject({
      stable: { revision: 1, ready: 4 },
      candidate: undefined,
      weight: 0,
    });
    expect(context.events.at(-1)).toMatchObject({
      type: "rollout.aborted",
      reason: "the rollout was interrupted: Ctrl-C",
      restored: 1,
    });
    expect(clock.sleeping).toBe(0);
  });

  test("before anything was started touches nothing", async () => {
    const { clock, driver, start } = rig({}, AbortSignal.abort(new Error("Ctrl-C")));
    await expect(clock.run(start(canary(options)))).rejects.toThrow("Ctrl-C");
    expect(driver.calls).toEqual([]);
  });
});

describe("options", () => {
  test.each<[string, Partial<CanaryOptions>, string]>([
    ["no step", { steps: [] }, "steps: is empty"],
    ["a step of 100", { steps: [50, 100] }, "steps: 100 is not a whole number from 1 to 99"],
    ["a step of 0", { steps: [0, 50] }, "steps: 0 is not a whole number from 1 to 99"],
    ["a fraction", { steps: [2.5] }, "steps: 2.5 is not a whole number from 1 to 99"],
    ["steps that do not ascend", { steps: [25, 25] }, "steps: 25 does not ascend from 25"],
    ["no duration", { every: "two minutes" }, 'every: "two minutes" is not a duration'],
    ["no time at all", { every: 0 }, "every: 0 is not a duration"],
    ["no analysis", { analysis: [] }, "analysis: is empty"],
    [
      "a metric that was not called",
      { analysis: [errorRate as never] },
      "analysis: a function is not a metric",
    ],
    ["no list", { steps: 5 as never }, "steps: a number is not a list"],
    [
      "twins",
      { analysis: [errorRate(), errorRate({ bursty: true })] },
      'analysis: two metrics are named "errors"',
    ],
    ["no replicas", { replicas: 0 }, "replicas: 0 is not a whole number"],
    ["a negative extension", { extend: -1 }, "extend: -1 is not a whole number"],
    [
      "a policy of its own",
      { onInconclusive: "shrug" as never },
      'onInconclusive: "shrug" is not one of the policies',
    ],
    ["a certainty", { alpha: 0 }, "alpha: 0 is not above 0"],
    ["nothing needed", { minimum: 0 }, "minimum: 0 is not a whole number"],
    [
      "a window as long as the step",
      { window: "5m" },
      "window: warm-up and one window are longer than a step",
    ],
  ])("refuses %s", (_, wrong, message) => {
    const make = () => canary({ ...options, ...wrong });
    expect(make).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }));
    expect(make).toThrow(message);
  });

  test("says all problems at once", () => {
    expect(() => canary({ steps: [50, 10], every: "x", analysis: [] })).toThrow(/canary has 3 problems/);
  });

  test("stands in a Plan as JSON, with every default", () => {
    const { kind, spec } = canary({ steps: [5], every: "2m", analysis: [errorRate()] });
    expect(kind).toBe("canary");
    expect(JSON.parse(JSON.stringify(spec))).toEqual({
      steps: [5],
      every: 120_000,
      early: true,
      replicas: "proportional",
      baseline: "stable",
      judge: {
        window: 20_000,
        warmup: 40_000,
        extend: 2,
        onInconclusive: "rollback",
        alpha: 0.01,
        minimum: 100,
      },
      analysis: [
        { kind: "compared", name: "errors", of: { kind: "errors" }, bursty: false, consecutiveErrorLimit: 4 },
      ],
    });
  });

  test("steps of seconds get windows of less", async () => {
    const strategy = canary({ steps: [20, 50], every: "6s", analysis: [errorRate()], minimum: 10 });
    expect(strategy.spec).toMatchObject({ judge: { window: 1_000, warmup: 2_000 } });
    const good = await release(strategy);
    expect(good.result.outcome).toBe("released");
    expect(good.seconds).toBe(12);
    const bad = await release(strategy, { traffic: { rate: 50, errors: bySide(0.4, 0.01) } });
    expect(bad.result.outcome).toBe("rolled-back");
    expect(bad.seconds).toBeLessThanOrEqual(12);
  });
});

test("scores are compared pair by pair, with both releases at hand", async () => {
  const asked: (number | undefined)[][] = [];
  const answers = scores({
    name: "answers",
    query: ({ stable, candidate, weight }) => {
      asked.push([stable?.revision, candidate?.revision, weight]);
      return { baseline: Array<number>(20).fill(0.9), candidate: Array<number>(20).fill(0.6) };
    },
  });
  const { result } = await release(canary({ ...options, analysis: [answers] }));
  expect(result).toMatchObject({
    outcome: "rolled-back",
    reason: expect.stringMatching(
      /^answers 0\.6 against 0\.9 at stable, \d+ pairs, e-value \d+ >= 100, at 5 %/,
    ),
  });
  expect(asked[0]).toEqual([1, 2, 5]);
});
