import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { isPrecious } from "../apply/precious.ts";
import { nameOf } from "../apply/refs.ts";
import { removeOne } from "../apply/remove-one.ts";
import { type RestoreHands, waves } from "./restore.ts";
import { MANAGER, type Touched } from "./types.ts";

export interface RemoveHands extends RestoreHands {
  readonly say: (text: string) => void;
}

/**
 * Removes what was not there before, what was made last first. What holds data is left, and so is what somebody else has
 * made under the same name since.
 */
export async function removeNew(hands: RemoveHands, before: readonly Touched[]): Promise<void> {
  for (const wave of waves(before).toReversed()) {
    const made = wave.filter(({ fields }) => fields === undefined);
    if (made.length === 0) continue;
    await hands.guard();
    await Promise.all(made.map(({ ref }) => removeMade(hands, ref)));
  }
}

async function removeMade({ api, say }: RemoveHands, ref: ObjectRef): Promise<void> {
  const live = await look(api, ref);
  if (live === undefined) return;
  if (isPrecious(ref)) {
    say(`${nameOf(ref)}: made by this release, and left as it is, because data would go with it`);
  } else if (isForeign(live)) {
    say(`${nameOf(ref)}: not removed, because somebody else has made it anew`);
  } else {
    await removeOne(api, ref, live.metadata.uid);
  }
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
