import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { crash, killsAt, referenceOf } from "../../fixtures/crash/explore.ts";
import { PIPELINES } from "../../fixtures/crash/pipelines.ts";
import { Tally } from "../../fixtures/crash/tally.ts";

const tally = new Tally();
const place = fc.record({
  pipeline: fc.constantFrom(...PIPELINES),
  loss: fc.constantFrom("process" as const, "machine" as const),
  /** Of the way through the undisturbed run. */
  first: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

describe("killed twice", () => {
  afterAll(() => {
    tally.print("the second kill");
    expect(tally.runs).toBeGreaterThan(500);
  });

  it("a resumed run is killed at every point of its own", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(place, async ({ pipeline, loss, first }) => {
        const reference = await referenceOf(pipeline, { loss });
        const index = Math.floor(first * reference.moments.length);
        const kills = killsAt(reference, index);
        const once = await crash(pipeline, { loss }, reference, kills);
        expect(once.violations).toEqual([]);
        const resumed = once.world.lives[kills.length];
        for (const [second, { kind, name }] of (resumed?.moments ?? []).entries()) {
          const { world, violations } = await crash(pipeline, { loss }, reference, [...kills, second]);
          tally.add(kind, loss, world.lives.length);
          expect(violations, `killed at ${reference.moments[index]?.name}, then at ${name}`).toEqual([]);
        }
      }),
      { numRuns: 9, seed: 7, endOnFailure: true },
    );
  });

  it("a run is killed again and again, in one process after the other", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.array(fc.nat(60), { minLength: 3, maxLength: 6 }), async (at, more) => {
        const { pipeline, loss, first } = at;
        const reference = await referenceOf(pipeline, { loss });
        const index = Math.floor(first * reference.moments.length);
        const kills = [...killsAt(reference, index), ...more];
        const { world, violations } = await crash(pipeline, { loss }, reference, kills);
        tally.add("again and again", loss, world.lives.length);
        expect(violations, JSON.stringify(kills)).toEqual([]);
      }),
      { numRuns: 150, seed: 11, endOnFailure: true },
    );
  });
});
