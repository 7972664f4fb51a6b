import { isSluiceError, messageOf, SluiceError } from "../../errors/index.ts";
import type { StrategyResult } from "../../ports/index.ts";
import { AbortFailure, type Rollout } from "./rollout.ts";

/**
 * Takes the candidate back because of `error`. Gives the result where that is what the error says of the candidate: it is
 * unhealthy, or held. Anything else, and a cancellation, is passed on once it is done.
 */
export async function takeBack(rollout: Rollout, error: unknown): Promise<StrategyResult> {
  if (error instanceof AbortFailure) throw error;
  const { signal } = rollout.context;
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (!rollout.touched) throw cause;
  const text = messageOf(cause);
  const refused = !signal.aborted && isSluiceError(error) && error.code === "RELEASE_UNHEALTHY";
  const reason = signal.aborted ? `the rollout was interrupted: ${text}` : text;
  let result: StrategyResult;
  try {
    result = await (refused ? rollout.refuse(reason) : rollout.abort(reason));
  } catch (failure) {
    if (!(failure instanceof AbortFailure)) throw failure;
    const both = new AggregateError([cause, failure.cause], failure.message);
    throw new SluiceError(failure.code, failure.message, { hint: failure.hint, cause: both });
  }
  if (refused || (result.outcome === "held" && !signal.aborted)) return result;
  throw cause;
}
