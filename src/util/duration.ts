const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy;

/** A length of time: milliseconds as a number, or text such as `"500ms"`, `"30s"`, `"5m"`, `"1h30m"`, `"2d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}` | (string & {});

/** Milliseconds of a {@link Duration}, or `undefined` where it is not one (negative, NaN, unknown unit). */
export function parseDuration(duration: Duration): number | undefined {
  if (typeof duration === "number") return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  let total = 0;
  let end = 0;
  for (const match of duration.matchAll(PATTERN)) {
    total += Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
    end = match.index + match[0].length;
  }
  return end === duration.length && end > 0 ? total : undefined;
}

/** A person's rendering: `850ms`, `4.2s`, `1m 05s`, `2h 03m`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(seconds / 3_600)}h ${String(Math.floor((seconds % 3_600) / 60)).padStart(2, "0")}m`;
}
