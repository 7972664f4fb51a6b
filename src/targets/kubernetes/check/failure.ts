import { isSluiceError, messageOf } from "../../../errors/index.ts";
import type { TargetCheck } from "../../../ports/index.ts";

/** What went wrong, as a check that has failed. */
export function failure(what: string, error: unknown): TargetCheck {
  const hint = isSluiceError(error) ? error.hint : undefined;
  return { what, state: "failed", detail: messageOf(error), ...(hint === undefined ? {} : { hint }) };
}
