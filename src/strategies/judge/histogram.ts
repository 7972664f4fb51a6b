import type { SideCounts } from "../../ports/index.ts";

type Histogram = SideCounts["latency"];

/** A quantile read from a histogram: a value in ms, or only that it lies above the last bound. */
export type HistogramQuantile =
  { readonly kind: "value"; readonly ms: number } | { readonly kind: "above"; readonly bound: number };

/**
 * The `quantile` (0 to 1) of a histogram, straight between the bounds of the bucket that it falls into, as
 * Prometheus' `histogram_quantile` does. `undefined` where nothing was counted.
 */
export function histogramQuantile(
  { bounds, counts }: Histogram,
  quantile: number,
): HistogramQuantile | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const rank = quantile * total;
  let below = 0;
  for (const [index, upper] of bounds.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[index - 1] ?? 0;
      return { kind: "value", ms: lower + (upper - lower) * Math.max(0, (rank - below) / count) };
    }
    below += count;
  }
  const last = bounds.at(-1);
  return last === undefined ? undefined : { kind: "above", bound: last };
}

/** The bound of the histogram that lies nearest to its `quantile`; `undefined` where nothing was counted. */
export function nearestBound(histogram: Histogram, quantile: number): number | undefined {
  const at = histogramQuantile(histogram, quantile);
  if (at === undefined) return undefined;
  if (at.kind === "above") return at.bound;
  let nearest: number | undefined;
  for (const bound of histogram.bounds) {
    if (nearest === undefined || Math.abs(bound - at.ms) < Math.abs(nearest - at.ms)) nearest = bound;
  }
  return nearest;
}

/** Requests slower than `bound`; `undefined` where the histogram has no such bound. */
export function slowerThan({ bounds, counts }: Histogram, bound: number): number | undefined {
  const index = bounds.indexOf(bound);
  if (index === -1) return undefined;
  return counts.slice(index + 1).reduce((sum, count) => sum + count, 0);
}
