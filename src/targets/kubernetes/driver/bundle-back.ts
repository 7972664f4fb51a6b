import { isSluiceError, messageOf } from "../../../errors/index.ts";
import type { ObjectRef } from "../api/types.ts";
import { explainFault } from "../apply/explain.ts";
import { nameOf } from "../apply/refs.ts";
import { removeNew } from "../release/remove-new.ts";
import { isTraffic, restoreOld } from "../release/restore.ts";
import type { Touched } from "../release/types.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { rolloutTime } from "./rollout-time.ts";
import type { Session } from "./session.ts";

/**
 * Makes objects as they were before a release touched them: capacity first, and ready; then what decides where requests
 * go; what was new last. What cannot be put back, or does not become ready again, is told and stops nothing: the rest of
 * a release that was found bad would stay there with it.
 */
export async function takeBundleBack(session: Session, before: readonly Touched[]): Promise<void> {
  const refused = (ref: ObjectRef, error: unknown): void => {
    const text = refusalOf(ref, error);
    if (text === undefined) throw error;
    session.say(`${nameOf(ref)} cannot be put back as it was, and stays as it is: ${text}`);
  };
  const capacity = before.filter((one) => !isTraffic(one));
  await restoreOld(session, capacity, refused);
  const old = capacity.filter(({ fields }) => fields !== undefined);
  await Promise.all(old.map(({ ref }) => awaitOld(session, ref)));
  await restoreOld(session, before.filter(isTraffic), refused);
  await removeNew(session, before);
}

/** Why an object is refused for good; undefined where it is not about the object. */
function refusalOf(ref: ObjectRef, error: unknown): string | undefined {
  const problem = explainFault(ref, error) ?? (isSluiceError(error) ? error : undefined);
  if (problem?.code !== "MANIFEST_INVALID") return undefined;
  return "text" in problem ? problem.text : problem.message;
}

/** Each for itself, so that one that is broken for good does not end the wait for the others. */
async function awaitOld(session: Session, ref: ObjectRef): Promise<void> {
  const { api, clock, say, mask, patience, back } = session;
  try {
    const object = await api.get(ref);
    if (object === undefined) return;
    const { generation } = object.metadata;
    const applied = { ref, object, generation, change: "configured" as const };
    const timeout = rolloutTime(session, [object]);
    const options = { timeout, signal: back, report: say, now: () => clock.now(), patience, mask };
    await waitUntilReady(api, [applied], options);
  } catch (error) {
    back.throwIfAborted();
    say(`not all that was there before is ready again: ${messageOf(error)}`);
  }
}
