import { codeOf, diskReason, messageOf } from "../errors/index.ts";

/** Why a job's result cannot be looked up or kept, in words. The job then runs. */
export class CacheFault extends Error {
  override readonly name = "CacheFault";
}

/** An error in words that a user can act on. */
export function reasonOf(error: unknown): string {
  return diskReason(codeOf(error)) ?? messageOf(error);
}
