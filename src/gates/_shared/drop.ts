export interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** How much smaller than in the last accepted run it may be. */
  readonly maxDrop?: number | undefined;
  /** How much larger. */
  readonly maxRise?: number | undefined;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Absolute limits and those against the last accepted run, as one lower and one upper bound. */
export function boundsOf(limits: Limits, previous: number | undefined): Bounds {
  const lower = [
    limits.min,
    previous === undefined || limits.maxDrop === undefined ? undefined : tidy(previous - limits.maxDrop),
  ];
  const upper = [
    limits.max,
    previous === undefined || limits.maxRise === undefined ? undefined : tidy(previous + limits.maxRise),
  ];
  const mins = lower.filter((bound) => bound !== undefined);
  const maxs = upper.filter((bound) => bound !== undefined);
  return {
    ...(mins.length === 0 ? {} : { min: Math.max(...mins) }),
    ...(maxs.length === 0 ? {} : { max: Math.min(...maxs) }),
  };
}

/** Whether it keeps to the bounds, but for the rounding of binary fractions in the twelfth digit. */
export function within(value: number, { min, max }: Bounds): boolean {
  const rounded = tidy(value);
  return (
    (min === undefined || value >= min || rounded >= min) &&
    (max === undefined || value <= max || rounded <= max)
  );
}

/** 0.9 - 0.02 gives 0.88 and not 0.8800000000000001, which 0.88 would miss. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
