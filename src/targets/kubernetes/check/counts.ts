import type { TargetCheck, TargetContext } from "../../../ports/index.ts";
import type { TargetHands } from "../place.ts";
import { failure } from "./failure.ts";

/** Whether the source of counts can be asked; `undefined` where there is none. */
export async function checkCounts(
  { counts }: Pick<TargetHands, "counts">,
  { signal }: TargetContext,
): Promise<TargetCheck | undefined> {
  if (counts === undefined) return undefined;
  const what = "counts";
  if (typeof counts === "function" || counts.check === undefined) {
    const name = typeof counts === "function" ? "a function" : `a source of kind ${counts.kind}`;
    return { what, state: "skipped", detail: `${name} shows only in a rollout what it gives` };
  }
  try {
    return { what, state: "ok", detail: await counts.check(signal) };
  } catch (error) {
    signal.throwIfAborted();
    return failure(what, error);
  }
}
