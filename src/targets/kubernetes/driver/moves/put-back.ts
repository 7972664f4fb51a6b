import type { ObjectRef } from "../../api/types.ts";
import { explainFault, faultOf } from "../../apply/explain.ts";
import { nameOf } from "../../apply/refs.ts";
import { restoreOld } from "../../release/restore.ts";
import type { Touched } from "../../release/types.ts";
import type { Session } from "../session.ts";

/**
 * Puts objects back as they were. One that the server takes no longer is told and stops nothing: capacity and requests,
 * which have still to come back, matter more than it.
 */
export async function putBack(session: Session, before: readonly Touched[]): Promise<void> {
  await restoreOld(session, before, (ref, error) => {
    const text = refusalOf(ref, error);
    if (text === undefined) throw error;
    session.say(`${nameOf(ref)} cannot be put back as it was, and stays as it is: ${session.mask(text)}`);
  });
}

/** Why this one object is refused; policies do so with 403 too. Undefined where nothing at all would be taken. */
function refusalOf(ref: ObjectRef, error: unknown): string | undefined {
  return faultOf(error)?.status === 401 ? undefined : explainFault(ref, error)?.text;
}
