import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RolloutState, Strategy, StrategyResult } from "../../../src/ports/index.ts";
import { blueGreen, canary, errorRate, latency, metric, rolling } from "../../../src/strategies/index.ts";
import {
  type DriverCall,
  rolloutContext,
  type ScriptedDriver,
  scriptedDriver,
  type ScriptedFault,
  type ScriptedTraffic,
  virtualClock,
  type VirtualClock,
} from "../../../src/testing/index.ts";

/** Thousands of rollouts, and the machine may be busy with others. */
const PATIENCE = { timeout: 120_000 };

type Make = () => Strategy;

const share = fc.constantFrom(0, 0.002, 0.01, 0.05, 0.3, 1);
const weights = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 })
  .map((steps) => steps.sort((a, b) => a - b));
const onInconclusive = fc.constantFrom("hold", "rollback", "promote");

const canaries: fc.Arbitrary<Make> = fc
  .record({
    steps: weights,
    every: fc.integer({ min: 3_000, max: 300_000 }),
    extend: fc.integer({ min: 0, max: 2 }),
    replicas: fc.constantFrom("proportional" as const, 1, 3),
    onInconclusive,
  })
  .map(
    (options) => () => canary({ ...options, analysis: [errorRate(), latency(), errorRate({ max: 0.4 })] }),
  );
const rollings: fc.Arbitrary<Make> = fc
  .record({
    batch: fc.constantFrom<(number | `${number}%`)[]>(1, 2, 3, "25%", "40%", "100%"),
    onInconclusive,
  })
  .map(
    (options) => () => rolling({ ...options, pause: "1m", analysis: [errorRate(), errorRate({ max: 0.2 })] }),
  );
const plain: fc.Arbitrary<Make> = fc.constantFrom<Make[]>(
  () => rolling(),
  () => blueGreen({ soak: "1m" }),
  () => blueGreen({ soak: "1m", verify: () => true, analysis: [errorRate({ max: 0.2 })], extend: 0 }),
  () => canary({ steps: [30], every: "1m", analysis: [metric({ name: "fine", max: 1, query: () => 0 })] }),
);
const strategies = fc.oneof(canaries, rollings, plain);

const traffics: fc.Arbitrary<ScriptedTraffic> = fc
  .record({
    rate: fc.constantFrom(0, 1, 20, 300),
    candidate: share,
    stable: fc.constantFrom(0, 0.002, 0.05),
    breaksAt: fc.constantFrom(0, 0, 40),
  })
  .map(({ rate, candidate, stable, breaksAt }) => ({
    rate,
    errors: ({ side, weight }) => (side === "candidate" && weight >= breaksAt ? candidate : stable),
  }));

const sizes = fc.record({ desired: fc.integer({ min: 1, max: 7 }), stable: fc.integer({ min: 0, max: 7 }) });

const faults: fc.Arbitrary<readonly ScriptedFault[]> = fc.array(
  fc.record({
    call: fc.constantFrom("start", "scale", "route", "promote", "observe", "snapshot"),
    nth: fc.integer({ min: 1, max: 6 }),
    does: fc.constantFrom("throw", "unhealthy"),
    when: fc.constantFrom("before", "after"),
  }),
  { maxLength: 2 },
);

type End = StrategyResult | { readonly outcome: "threw" } | { readonly outcome: "killed" };

async function releaseTo(
  clock: VirtualClock,
  driver: ScriptedDriver,
  strategy: Strategy,
  context = rolloutContext({ clock }),
): Promise<End> {
  const work: Promise<End> = strategy
    .release(driver, strategy.spec as never, context)
    .catch(() => ({ outcome: "threw" }));
  const killed: Promise<End> = driver.killed.then(() => ({ outcome: "killed" }));
  return clock.run(Promise.race([work, killed]));
}

function expectReleased(before: RolloutState, after: RolloutState): void {
  expect(after).toMatchObject({
    current: true,
    weight: 0,
    candidate: undefined,
    stable: { digest: "sha256:candidate", replicas: before.desired, ready: before.desired },
  });
}

function expectWellEnded(end: End, before: RolloutState, after: RolloutState): void {
  if (end.outcome === "held") {
    expect(after.candidate).toBeDefined();
    expect(after.weight).toBeGreaterThan(0);
  } else if (end.outcome === "released" || (end.outcome === "threw" && after.current)) {
    // A promotion that took effect and could not be confirmed is an error, but no rollback either.
    expectReleased(before, after);
  } else {
    expect(after).toEqual(before);
  }
}

/** Per candidate, traffic only grows, until it has all of it or an abort takes it to nothing. */
function expectWeightsToClimb(calls: readonly DriverCall[]): void {
  let reached = 0;
  for (const { call, args, changed } of calls) {
    if (call === "abort" && changed) reached = 0;
    if (call !== "route" || !changed) continue;
    expect(args[0]).toBeGreaterThan(reached);
    reached = Number(args[0]);
  }
}

describe("whatever happens to a rollout", () => {
  test("it ends released and whole, held, or exactly as it was", PATIENCE, async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(strategies, traffics, sizes, faults, async (make, traffic, size, script) => {
        const clock = virtualClock();
        const driver = scriptedDriver({ clock, traffic, ...size, faults: script });
        const before = driver.state;
        const context = rolloutContext({ clock });
        const end = await releaseTo(clock, driver, make(), context);
        expectWellEnded(end, before, driver.state);
        expectWeightsToClimb(driver.calls);
        expect(clock.sleeping).toBe(0);
        const last = context.events.at(-1)?.type;
        if (last === "rollout.aborted") expect(driver.state).toEqual(before);
        expect(last === "rollout.promoted").toBe(end.outcome === "released");
        ends.set(end.outcome, (ends.get(end.outcome) ?? 0) + 1);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect([...ends.keys()].sort()).toEqual(["held", "released", "rolled-back", "threw"]);
  });

  test("cancelled at any moment, it is released or exactly as it was", PATIENCE, async () => {
    await fc.assert(
      fc.asyncProperty(
        strategies,
        sizes,
        fc.integer({ min: 0, max: 900_000 }),
        async (make, size, moment) => {
          const clock = virtualClock();
          const driver = scriptedDriver({ clock, ...size });
          const before = driver.state;
          const controller = new AbortController();
          const strategy = make();
          const context = rolloutContext({ clock, signal: controller.signal });
          const work = strategy
            .release(driver, strategy.spec as never, context)
            .catch((): End => ({ outcome: "threw" }));
          await clock.advance(moment);
          controller.abort(new Error("cancelled"));
          expectWellEnded(await clock.run(work), before, driver.state);
        },
      ),
      { numRuns: 100, seed: 2 },
    );
  });
});

describe("a strategy that is killed and started again", () => {
  test(
    "ends where an uninterrupted one does, or back where it began, and applies no step twice",
    PATIENCE,
    async () => {
      const resumed = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(strategies, traffics, sizes, async (make, traffic, size) => {
          const smooth = await interrupted(make, traffic, size, []);
          for (const { call, nth } of numbered(smooth.driver.calls)) {
            for (const when of ["before", "after"] as const) {
              const { driver, ends } = await interrupted(make, traffic, size, [
                { call, nth, does: "kill", when },
              ]);
              expect(ends[0]?.outcome).toBe("killed");
              const end = ends.at(-1);
              if (end === undefined) throw new Error("it was not started again");
              expectWellEnded(end, smooth.before, driver.state);
              expectWeightsToClimb(driver.calls);
              resumed.set(end.outcome, (resumed.get(end.outcome) ?? 0) + 1);
              if (end.outcome === "rolled-back") continue;
              expect(place(driver.state)).toEqual(place(smooth.driver.state));
            }
          }
        }),
        { numRuns: 40, seed: 3 },
      );
      expect(resumed.get("released")).toBeGreaterThan(100);
      expect(resumed.get("rolled-back")).toBeGreaterThan(10);
    },
  );

  /** What is true at the end, but for the numbers of revisions: a second attempt has another one. */
  function place({ stable, candidate, weight }: RolloutState) {
    return [stable?.digest, stable?.replicas, candidate?.digest, candidate?.replicas, weight];
  }

  function numbered(calls: readonly DriverCall[]) {
    const seen = new Map<string, number>();
    return calls.map(({ call }) => {
      const nth = (seen.get(call) ?? 0) + 1;
      seen.set(call, nth);
      return { call, nth };
    });
  }

  async function interrupted(
    make: Make,
    traffic: ScriptedTraffic,
    size: { readonly desired: number; readonly stable: number },
    script: readonly ScriptedFault[],
  ) {
    const clock = virtualClock();
    const driver = scriptedDriver({ clock, traffic, ...size, faults: script });
    const before = driver.state;
    const ends = [await releaseTo(clock, driver, make())];
    if (ends[0]?.outcome === "killed") {
      const strategy = make();
      const context = rolloutContext({ clock });
      ends.push(await clock.run(strategy.release(driver, strategy.spec as never, context)));
    }
    return { driver, before, ends };
  }
});
