import type { Figure } from "../../model/index.ts";

/** At most three decimals, and three significant digits for what is small. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(Math.abs(value) < 1 ? value.toPrecision(3) : value.toFixed(value < 100 ? 2 : 1)));
}

export function formatQuantity(value: number, unit: string | undefined): string {
  // A share of one reads as the bare number.
  if (unit === undefined || unit === "" || unit === "share") return formatNumber(value);
  return unit === "%" ? `${formatNumber(value)}%` : `${formatNumber(value)} ${unit}`;
}

/** What a figure was held against: `min 80%, was 82%`, or `""`. */
export function formatLimits(figure: Figure): string {
  const limits: string[] = [];
  if (figure.min !== undefined) limits.push(`min ${formatQuantity(figure.min, figure.unit)}`);
  if (figure.max !== undefined) limits.push(`max ${formatQuantity(figure.max, figure.unit)}`);
  if (figure.previous !== undefined) limits.push(`was ${formatQuantity(figure.previous, figure.unit)}`);
  return limits.join(", ");
}

/** `coverage 81.2% (min 80%, was 82%)`. */
export function formatFigure(figure: Figure): string {
  const limits = formatLimits(figure);
  const value = `${figure.name} ${formatQuantity(figure.value, figure.unit)}`;
  return limits === "" ? value : `${value} (${limits})`;
}

/** `850 B`, `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? "B"}`;
}

export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}
