/** Time since the run began: `[   4.210s]`, `[1:02:03]` beyond an hour; as wide as the others up to ten hours. */
export function formatOffset(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 3600) return `[${seconds.toFixed(3).padStart(8)}s]`;
  const whole = Math.floor(seconds);
  const part = (value: number): string => String(value).padStart(2, "0");
  return `[${`${String(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`.padStart(9)}]`;
}
