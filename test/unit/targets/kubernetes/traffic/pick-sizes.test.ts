import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pickSizes } from "../../../../../src/targets/kubernetes/traffic/pick-sizes.ts";

describe("pickSizes", () => {
  it.each([
    [5, 4, { stable: 4, candidate: 1 }],
    [25, 4, { stable: 3, candidate: 1 }],
    [50, 4, { stable: 2, candidate: 2 }],
    [40, 4, { stable: 3, candidate: 2 }],
    [99, 4, { stable: 1, candidate: 4 }],
    [50, 1, { stable: 1, candidate: 1 }],
    [10, 10, { stable: 9, candidate: 1 }],
    [5, 20, { stable: 19, candidate: 1 }],
    [33, 3, { stable: 2, candidate: 1 }],
  ])("%d %% of %d replicas", (weight, desired, sizes) => {
    expect(pickSizes(weight, desired)).toEqual(sizes);
  });

  it("comes as near as any numbers within the limits, and leaves neither side without a pod", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 60 }), (weight, desired) => {
        const { stable, candidate } = pickSizes(weight, desired);
        const total = stable + candidate;
        expect(Math.min(stable, candidate)).toBeGreaterThanOrEqual(1);
        expect(total).toBeGreaterThanOrEqual(Math.max(2, desired));
        expect(total).toBeLessThanOrEqual(desired + 1);
        const off = Math.abs((100 * candidate) / total - weight);
        for (const all of [Math.max(2, desired), desired + 1]) {
          for (let one = 1; one < all; one++) {
            expect(off).toBeLessThanOrEqual(Math.abs((100 * one) / all - weight) + 1e-6);
          }
        }
      }),
    );
  });

  it("gives the candidate no less for more weight", () => {
    for (let desired = 1; desired <= 30; desired++) {
      for (let weight = 2; weight < 100; weight++) {
        const share = (of: number): number => {
          const { stable, candidate } = pickSizes(of, desired);
          return candidate / (candidate + stable);
        };
        expect(share(weight)).toBeGreaterThanOrEqual(share(weight - 1));
      }
    }
  });
});
