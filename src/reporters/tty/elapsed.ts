import { formatDuration } from "../../util/duration.ts";

/** Time of what still goes on, in whole seconds, so that it changes once a second: `3s`, `1m 05s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${String(seconds)}s` : formatDuration(seconds * 1000);
}
