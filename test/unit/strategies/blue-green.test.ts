import { describe, expect, test } from "vitest";
import {
  blueGreen,
  type BlueGreenOptions,
  errorRate,
  latency,
  scores,
} from "../../../src/strategies/index.ts";
import { bySide, calls, release, rig } from "./release.ts";

describe("blueGreen", () => {
  test("brings everything up, switches once, and keeps the old release while it soaks", async () => {
    const { clock, driver, start } = rig();
    const result = start(blueGreen({ soak: "5m", keepOld: "1h" }));
    await clock.advance(299_000);
    expect(driver.state).toMatchObject({ weight: 100, stable: { revision: 1, replicas: 4 } });
    expect(await clock.run(result)).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(calls(driver)).toEqual(["start(4)", "route(100)", 'promote({"keepOld":3600000})']);
  });

  test("without options is one switch", async () => {
    const { driver, seconds } = await release(blueGreen());
    expect(calls(driver)).toEqual(["start(4)", "route(100)", "promote()"]);
    expect(seconds).toBe(0);
  });

  test("tries the preview before it gets traffic", async () => {
    const seen: unknown[] = [];
    const { clock, driver, context, start } = rig();
    const strategy = blueGreen({
      verify: ({ url, revision, digest, log }) => {
        seen.push(url, revision, digest, driver.state.weight);
        log("fine");
      },
    });
    expect(await clock.run(start(strategy))).toMatchObject({ outcome: "released" });
    expect(seen).toEqual(["http://r2.scripted.test", 2, "sha256:candidate", 0]);
    expect(context.output).toBe("fine\n");
  });

  test.each<[string, BlueGreenOptions["verify"], string]>([
    [
      "throws",
      () => {
        throw new Error("500 from /healthz");
      },
      "500 from /healthz",
    ],
    ["rejects", () => Promise.reject(new Error("500 from /healthz")), "500 from /healthz"],
    ["gives false", () => Promise.resolve(false), "verify gave false"],
  ])("takes the candidate back when verify %s", async (_, verify, why) => {
    const { result, driver } = await release(blueGreen({ verify: verify! }));
    expect(result).toEqual({
      outcome: "rolled-back",
      reason: `the preview was refused: ${why}`,
      restored: 1,
    });
    expect(driver.weights).toEqual([]);
    expect(driver.state.candidate).toBeUndefined();
  });

  test("a verify that never ends does not outlive a cancellation", async () => {
    const controller = new AbortController();
    const { clock, driver, start } = rig({}, controller.signal);
    const outcome = expect(start(blueGreen({ verify: () => new Promise(() => undefined) }))).rejects.toThrow(
      "stop",
    );
    await clock.advance(1_000);
    controller.abort(new Error("stop"));
    await outcome;
    expect(driver.state.candidate).toBeUndefined();
  });

  test("goes back when it soaks badly", async () => {
    const strategy = blueGreen({
      soak: "5m",
      analysis: [errorRate({ max: 0.01 }), latency({ max: "800ms" })],
    });
    const good = await release(strategy);
    expect(good.result.outcome).toBe("released");
    expect(good.seconds).toBe(300);
    const bad = await release(strategy, { traffic: { errors: bySide(0.03, 0) } });
    expect(bad.result).toMatchObject({
      outcome: "rolled-back",
      reason:
        "errors <= 1 %: 3 % > 1 %, 600 requests, 1 failed measurement (limit 0), at 100 % of the traffic",
    });
    expect(bad.driver.weights).toEqual([100, 0]);
    expect(bad.driver.state).toMatchObject({ stable: { revision: 1, ready: 4 } });
  });

  test("no traffic while it soaks is no pass", async () => {
    const strategy = blueGreen({ soak: "1m", analysis: [errorRate({ max: 0.01 })] });
    const { result } = await release(strategy, { traffic: { rate: 0 } });
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("no data") });
  });

  test("does not try again what has been switched already", async () => {
    const { clock, driver, start } = rig();
    await driver.start(4);
    await driver.route(100);
    let tried = 0;
    const strategy = blueGreen({ soak: "1m", verify: () => (tried += 1) });
    expect(await clock.run(start(strategy))).toMatchObject({ outcome: "released" });
    expect(tried).toBe(0);
    expect(driver.weights).toEqual([100]);
  });

  test("a first release is tried too, and not soaked", async () => {
    const refused = await release(blueGreen({ verify: () => false }), { stable: 0 });
    expect(refused.result.outcome).toBe("rolled-back");
    const strategy = blueGreen({ soak: "1h", analysis: [errorRate({ max: 0.01 })] });
    const { result, seconds, driver } = await release(strategy, { stable: 0 });
    expect(result.outcome).toBe("released");
    expect(seconds).toBe(0);
    expect(calls(driver)).toEqual(["start(4)", "route(100)", "promote()"]);
  });

  test.each<[string, BlueGreenOptions, string]>([
    [
      "a comparison with traffic that is gone",
      { soak: "1m", analysis: [errorRate()] },
      '"errors" would be compared',
    ],
    [
      "an analysis without a soak",
      { analysis: [errorRate({ max: 0.1 })] },
      "soak: is needed to look at anything",
    ],
    ["options of an analysis without one", { minimum: 5 }, "minimum: has no meaning without `analysis`"],
    ["no function", { verify: "curl" as never }, "verify: a string cannot be called"],
    ["no duration", { keepOld: "long" }, 'keepOld: "long" is not a duration'],
  ])("refuses %s", (_, options, message) => {
    expect(() => blueGreen(options)).toThrow(message);
  });

  test("stands in a Plan as JSON, verify by its name", () => {
    const { spec } = blueGreen({
      verify: function answersHealth() {
        return true;
      },
      soak: "1m",
      analysis: [scores({ name: "answers", query: () => [] })],
    });
    expect(JSON.parse(JSON.stringify(spec))).toMatchObject({
      verify: "answersHealth",
      soak: 60_000,
      keepOld: null,
    });
  });
});
