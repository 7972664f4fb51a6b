/**
 * The smallest value that at least the share `q` of all values do not exceed: the nearest rank, type 1 of Hyndman and
 * Fan, "Sample Quantiles in Statistical Packages" (1996). Always one of the values. NaN where there is none.
 */
export function percentile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
