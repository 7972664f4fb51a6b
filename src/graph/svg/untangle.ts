/** Counts what a layout does, as a measure of its cost. */
export interface Work {
  steps: number;
}

/** More lines than this beside each other are only looked at once: nobody can follow so many anyway. */
const MANY = 80;

/**
 * Exchanges neighbours as long as that takes crossings away. `crossings` says how often two lines cross when the
 * first one stands before the second.
 */
export function untangle<T>(
  lines: readonly T[],
  crossings: (first: T, second: T) => number,
  work: Work,
): readonly T[] {
  const order = [...lines];
  const rounds = order.length > MANY ? 1 : order.length;
  for (let round = 0; round < rounds; round++) {
    let changed = false;
    for (let index = 1; index < order.length; index++) {
      const [a, b] = [order[index - 1], order[index]];
      if (a === undefined || b === undefined) continue;
      work.steps += 2;
      if (crossings(b, a) < crossings(a, b)) {
        order[index - 1] = b;
        order[index] = a;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return order;
}
