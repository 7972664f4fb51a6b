/** A share as people read it: `0 %`, `0.04 %`, `0.43 %`, `8.3 %`, `100 %`. */
export function percent(share: number): string {
  return `${figure(share * 100)} %`;
}

/** At most two decimals below 1, one above, none where they are zero. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && size < 0.005) return value.toPrecision(1);
  return String(Number(value.toFixed(size < 1 ? 2 : 1)));
}

/** An e-value from its logarithm: `0.02`, `131`, `2.4e+9`. */
export function eValue(log: number): string {
  const value = Math.exp(log);
  if (value > 1e6) {
    const exponent = Math.floor(log / Math.LN10);
    return `${Math.exp(log - exponent * Math.LN10).toFixed(1)}e+${exponent}`;
  }
  if (value >= 10) return String(Math.round(value));
  return value < 0.001 ? "0" : String(Number(value.toPrecision(2)));
}

/** `1 request`, `412 requests`. Counts of some sources are estimates, so they are rounded. */
export function plural(count: number, noun: string): string {
  const whole = Math.round(count);
  return `${whole} ${noun}${whole === 1 ? "" : "s"}`;
}
