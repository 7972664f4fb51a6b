import type { SideCounts } from "../../../ports/index.ts";

/**
 * One histogram out of the buckets of all pods. Prometheus' buckets hold all requests up to their bound, so those of
 * pods with other bounds can be added up where they share one. `unit` is the milliseconds in one unit of `le`.
 */
export function histogramOf(
  groups: readonly ReadonlyMap<string, number>[],
  unit: number,
): SideCounts["latency"] {
  const pods = groups.map((group) => new Map(Array.from(group, ([le, total]) => [boundOf(le), total])));
  const whole = pods.filter((pod) => pod.has(Infinity));
  const [first, ...others] = whole;
  if (first === undefined) return { bounds: [], counts: [] };
  const shared = Array.from(first.keys()).filter((bound) => others.every((pod) => pod.has(bound)));
  shared.sort((one, other) => one - other);
  const counts: number[] = [];
  let below = 0;
  for (const bound of shared) {
    const upTo = whole.reduce((sum, pod) => sum + (pod.get(bound) ?? 0), 0);
    counts.push(Math.max(0, upTo - below));
    below = Math.max(below, upTo);
  }
  // 0.29 s are 290 ms, whatever floating point makes of it.
  return { bounds: shared.slice(0, -1).map((bound) => Number((bound * unit).toPrecision(12))), counts };
}

function boundOf(le: string): number {
  return /^\+?Inf$/.test(le) ? Infinity : Number(le);
}
