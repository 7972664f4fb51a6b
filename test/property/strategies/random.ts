/** Numbers in [0, 1), always the same ones for a seed. */
export type Random = () => number;

/** A small generator of good enough quality for simulations: a Weyl sequence, mixed (after Mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of `trials` succeed, by the gaps between successes: the work is in proportion to the result. */
export function binomial(random: Random, trials: number, chance: number): number {
  if (chance <= 0 || trials <= 0) return 0;
  if (chance > 0.5) return trials - binomial(random, trials, 1 - chance);
  const logMiss = Math.log1p(-chance);
  for (let successes = 0, at = 0; ; successes += 1) {
    at += Math.floor(Math.log1p(-random()) / logMiss) + 1;
    if (at > trials) return successes;
  }
}

/** A Poisson variate. Large means are cut down by gamma variates first (Ahrens & Dieter 1974). */
export function poisson(random: Random, mean: number): number {
  let counted = 0;
  let left = mean;
  while (left > 40) {
    const part = Math.floor(left * 0.875);
    const reached = gamma(random, part);
    if (reached > left) return counted + binomialLarge(random, part - 1, left / reached);
    counted += part;
    left -= reached;
  }
  const limit = Math.exp(-left);
  for (let product = random(); product > limit; product *= random()) counted += 1;
  return counted;
}

/** Exponential with mean 1: gamma with a squared coefficient of variation of 1. */
export function exponential(random: Random): number {
  return -Math.log1p(-random());
}

function binomialLarge(random: Random, trials: number, chance: number): number {
  if (trials * Math.min(chance, 1 - chance) < 200) return binomial(random, trials, chance);
  const half = Math.floor(trials / 2);
  return binomialLarge(random, half, chance) + binomialLarge(random, trials - half, chance);
}

/** Gamma with a shape of at least 1 and scale 1 (Marsaglia & Tsang 2000). */
function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log1p(-random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
