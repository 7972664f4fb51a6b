import type { Clock, CountSnapshot, CountSource, SideCounts } from "../../ports/index.ts";
import { probe } from "./probe.ts";

const SNAPSHOT_TIMEOUT = 10_000;

/** One look at the target's counts. */
export interface Observation {
  /** Milliseconds since 1970, by the strategy's clock. */
  readonly at: number;
  readonly counts: CountSnapshot | undefined;
  /** Why there are no counts, where the source failed. */
  readonly fault: string | undefined;
}

/** Takes a look; a source that fails, or that the target does not have, is part of what is seen. */
export async function observeCounts(
  source: CountSource | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Observation> {
  const at = clock.now();
  if (source === undefined) return { at, counts: undefined, fault: undefined };
  const seen = await probe(() => source.snapshot(), { clock, timeout: SNAPSHOT_TIMEOUT, signal });
  return seen.ok
    ? { at, counts: seen.value, fault: undefined }
    : { at, counts: undefined, fault: seen.fault };
}

/**
 * What one side did between two looks. `undefined` where that cannot be told: a side was not there, its totals went
 * down because a process started anew, or its histogram has other bounds than before.
 */
export function countsBetween(
  before: SideCounts | undefined,
  after: SideCounts | undefined,
): SideCounts | undefined {
  if (before === undefined || after === undefined) return undefined;
  const { bounds } = after.latency;
  const sameBounds =
    before.latency.bounds.length === bounds.length &&
    before.latency.bounds.every((bound, index) => bound === bounds[index]);
  if (!sameBounds) return undefined;
  const requests = after.requests - before.requests;
  const errors = after.errors - before.errors;
  const counts = after.latency.counts.map((count, index) => count - (before.latency.counts[index] ?? 0));
  if (requests < 0 || errors < 0 || counts.some((count) => count < 0)) return undefined;
  return { requests, errors: Math.min(errors, requests), latency: { bounds, counts } };
}
