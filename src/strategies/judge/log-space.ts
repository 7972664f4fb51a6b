/** `ln` of the mean of `exp(value)`, computed so that neither a huge nor a tiny member overflows. */
export function logMeanExp(values: Float64Array): number {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum / values.length);
}

/** `count` numbers from `from` to `to`, each the same factor above the one before. */
export function logSpaced(from: number, to: number, count: number): readonly number[] {
  const factor = Math.log(to / from) / (count - 1);
  return Array.from({ length: count }, (_, index) => from * Math.exp(factor * index));
}
