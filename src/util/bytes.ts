const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** An amount of data: bytes as a number, or text such as `"500MB"` (powers of 1,000) or `"2GiB"` (powers of 1,024). */
export type Bytes =
  number | `${number}${"B" | "KB" | "MB" | "GB" | "TB" | "KiB" | "MiB" | "GiB" | "TiB"}` | (string & {});

/** Whole bytes of {@link Bytes}, or `undefined` where it is not one (negative, NaN, unknown unit). */
export function parseBytes(given: Bytes): number | undefined {
  if (typeof given === "number") return Number.isFinite(given) && given >= 0 ? Math.floor(given) : undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([KMGT]i?B|B)$/i.exec(given) ?? [];
  const factor = UNITS[unit?.toUpperCase() ?? ""];
  return factor === undefined ? undefined : Math.floor(Number(amount) * factor);
}
