import { readFileSync } from "node:fs";

/** How far the system was in giving out process ids. */
export interface Moment {
  /** The last id given out. */
  readonly last: number;
  /** How many have been given out since the system started, or more. */
  readonly given: number;
}

/** The present moment; `undefined` where the system does not tell. */
export function presentMoment(): Moment | undefined {
  // In this order: what is started in between makes the difference to a later moment larger, never smaller.
  const given = field("/proc/stat", /^processes (\d+)$/m);
  const last = field("/proc/loadavg", / (\d+)\s*$/);
  return given === undefined || last === undefined ? undefined : { last, given };
}

/**
 * The largest id that nothing has which was started since `moment`; 0 where the ids may have begun anew since. The
 * system gives them out in a circle, and threads take their part.
 */
export function idsBefore(moment: Moment): number {
  const given = field("/proc/stat", /^processes (\d+)$/m);
  const end = field("/proc/sys/kernel/pid_max", /^(\d+)/);
  if (given === undefined || end === undefined) return 0;
  return moment.last + (given - moment.given) < end ? moment.last : 0;
}

function field(file: string, pattern: RegExp): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const found = pattern.exec(readFileSync(file, "latin1"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
