import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { awaitGone } from "../apply/await-gone.ts";
import { inRemovalWaves } from "../apply/order.ts";
import { isPrecious } from "../apply/precious.ts";
import { nameOf } from "../apply/refs.ts";
import { removeOne } from "../apply/remove-one.ts";
import type { LeavingRef } from "../wait/wait-until-gone.ts";
import type { RestoreHands } from "./restore.ts";
import { MANAGER, type Touched } from "./types.ts";

export interface RemoveHands extends RestoreHands {
  readonly say: (text: string) => void;
  /** Ends the wait for what is to be gone before the rest. */
  readonly back: AbortSignal;
}

/**
 * Removes what was not there before, in the order of {@link inRemovalWaves}. What holds data is left, and so is what
 * somebody else has made under the same name since.
 */
export async function removeNew(hands: RemoveHands, before: readonly Touched[]): Promise<void> {
  const { api, guard, say, back } = hands;
  const made = before.filter(({ fields }) => fields === undefined);
  const objects = made.map(({ ref }) => ({ ...ref, metadata: { name: ref.name }, ref }));
  for (const wave of inRemovalWaves(objects)) {
    await guard();
    const removed = await Promise.all(wave.objects.map(({ ref }) => removeMade(hands, ref)));
    const going = removed.filter((one) => one !== undefined);
    if (wave.settles) await awaitGone(api, going, { signal: back, report: say });
  }
}

/** Gives what is on its way to be gone. */
async function removeMade({ api, say }: RemoveHands, ref: ObjectRef): Promise<LeavingRef | undefined> {
  const live = await look(api, ref);
  if (live === undefined) return undefined;
  if (isPrecious(ref)) {
    say(`${nameOf(ref)}: made by this release, and left as it is, because data would go with it`);
  } else if (isForeign(live)) {
    say(`${nameOf(ref)}: not removed, because somebody else has made it anew`);
  } else {
    const { uid } = live.metadata;
    await removeOne(api, ref, uid);
    return { ...ref, ...(uid === undefined ? {} : { uid }) };
  }
  return undefined;
}

/** A kind that is not served has no objects: the release ended before it had made the kind. */
async function look(api: ClusterApi, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await api.get(ref);
  } catch (error) {
    if (isSluiceError(error) && error.code === "MANIFEST_INVALID") return undefined;
    throw error;
  }
}

/** What we have made has fields of ours, whoever has written to it since. */
function isForeign({ metadata: { managedFields = [] } }: KubeObject): boolean {
  return managedFields.length > 0 && managedFields.every(({ manager }) => manager !== MANAGER);
}
