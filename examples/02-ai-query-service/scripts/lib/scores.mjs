/**
 * 1 for a relevant document in first place, 1/2 in second, and so on; 0 where none of the sources is
 * relevant.
 *
 * @param {readonly string[]} relevant ids
 * @param {readonly { id: string }[]} sources best first
 * @returns {number} in [0, 1]
 */
export function reciprocalRank(relevant, sources) {
  const place = sources.findIndex(({ id }) => relevant.includes(id));
  return place === -1 ? 0 : 1 / (place + 1);
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The smallest value that at least this share of all are not above; 0 of none.
 *
 * @param {readonly number[]} values
 * @param {number} share in (0, 1]
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}

/**
 * Three decimals are enough for figures that are read by people.
 *
 * @param {number} value
 */
export function round(value) {
  return Math.round(value * 1000) / 1000;
}
