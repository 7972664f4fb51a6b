/** What several measurements of one thing came to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the middle two. `NaN` of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? Number.NaN)) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * What remains of each round of `values` without `less` of the same round. Neighbours in time are set off against each
 * other, so that a machine which grows slower in the course of the rounds does not falsify the difference.
 */
export function net(values: readonly number[], less: readonly number[]): number[] {
  return values.map((value, round) => value - (less[round] ?? Number.NaN));
}

/** The median of the ratios of each round; see {@link net}. */
export function pairedRatio(values: readonly number[], to: readonly number[]): number {
  return median(values.map((value, round) => value / (to[round] ?? Number.NaN)));
}

/** The order in which `count` things take their turn in a round: each goes first once in `count` rounds. */
export function turns(count: number, round: number): number[] {
  return Array.from({ length: count }, (_, index) => (index + Math.max(round, 0)) % count);
}
