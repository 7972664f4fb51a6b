import type { Sizes } from "./router.ts";

/**
 * How many pods of each side come nearest to a weight, where each pod gets as many requests as any other: at least one of
 * each, and no more in all than are wanted plus one. Of two that are equally near the smaller takes it.
 *
 * @param weight - per cent of the requests that the candidate shall get, above 0 and below 100
 * @param desired - pods of a whole release
 */
export function pickSizes(weight: number, desired: number): Sizes {
  let best: Sizes = { stable: 1, candidate: 1 };
  let least = Infinity;
  for (const total of [Math.max(2, desired), desired + 1]) {
    for (let candidate = 1; candidate < total; candidate++) {
      const off = Math.abs((100 * candidate) / total - weight);
      if (off >= least - 1e-9) continue;
      least = off;
      best = { stable: total - candidate, candidate };
    }
  }
  return best;
}
