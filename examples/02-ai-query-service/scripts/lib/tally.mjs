import { quantile } from "./scores.mjs";

/** Latencies that are remembered at most; traffic may run for days. */
const KEPT = 10_000;

/** Counts requests by outcome and remembers how long the last ones took. */
export function createTally() {
  /** @type {Map<string, number>} */
  const failed = new Map();
  /** @type {number[]} */
  const latencies = [];
  let requests = 0;
  let dropped = 0;
  return {
    /**
     * @param {string} outcome `ok`, or what went wrong
     * @param {number} ms
     */
    add: (outcome, ms) => {
      latencies[requests % KEPT] = ms;
      requests += 1;
      if (outcome !== "ok") failed.set(outcome, (failed.get(outcome) ?? 0) + 1);
    },
    drop: () => {
      dropped += 1;
    },
    /** @param {string} span what the figures are about */
    line: (span) => {
      const errors = [...failed.values()].reduce((sum, n) => sum + n, 0);
      const kinds = [...failed].map(([outcome, n]) => `${n} x ${outcome}`).join(", ");
      const parts = [
        `${span}: ${requests} requests`,
        `${errors} errors${kinds === "" ? "" : ` (${kinds})`}`,
        `p50 ${quantile(latencies, 0.5).toFixed(1)} ms`,
        `p99 ${quantile(latencies, 0.99).toFixed(1)} ms`,
        ...(dropped === 0 ? [] : [`${dropped} dropped`]),
      ];
      return parts.join(", ");
    },
  };
}
