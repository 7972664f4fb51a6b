import { isAlive } from "../../../util/process/identity.ts";
import type { LeaseRecord } from "./lease-record.ts";

/** Times in headers are whole seconds, and the servers of one storage may differ a little. Milliseconds. */
const INEXACT = 2_000;

/** Whether somebody has the run now. */
export type Standing =
  | {
      readonly held: true;
      /** Milliseconds until it may be taken if no sign of life comes. */ readonly left: number;
    }
  | { readonly held: false };

/**
 * Judges a lease without looking at the clock of this machine or its holder's: `age` is the time since its last change by
 * the server's own clock, `undefined` where the server does not say. `place` is where this process runs.
 */
export function standingOf(lease: LeaseRecord, age: number | undefined, place: string | null): Standing {
  if (lease.released) return { held: false };
  if (lease.place !== null && lease.place === place && !isAlive(lease.owner)) return { held: false };
  const left = lease.length + INEXACT - (age ?? 0);
  return left <= 0 ? { held: false } : { held: true, left };
}
