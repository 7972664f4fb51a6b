import { SluiceError } from "../../../errors/index.ts";
import type { KubeObject } from "../api/types.ts";
import { nameOf, refOf } from "../apply/refs.ts";
import { MANAGER } from "../release/types.ts";
import { labelValue } from "../render/names.ts";
import { LABELS } from "../render/types.ts";
import type { Place } from "./session.ts";

/** Whether we have made an object, and for another app or another target: writing it would take it from that one. */
export function isAnothers(object: KubeObject, { app, target }: Pick<Place, "app" | "target">): boolean {
  const labels = object.metadata.labels ?? {};
  if (labels[LABELS.managedBy] !== MANAGER) return false;
  const { [LABELS.app]: ofApp = app, [LABELS.target]: ofTarget = labelValue(target) } = labels;
  return ofApp !== app || ofTarget !== labelValue(target);
}

/** Throws `TARGET_STATE` where an object that is to be written is another app's, all of them at once. */
export function assertOurs(objects: readonly KubeObject[], place: Place): void {
  const others = objects.filter((object) => isAnothers(object, place));
  if (others.length === 0) return;
  const which = others.map((object) => {
    const { [LABELS.app]: app = "?", [LABELS.target]: target = "?" } = object.metadata.labels ?? {};
    return `${nameOf(refOf(object))} is of app "${app}" on target "${target}"`;
  });
  throw new SluiceError(
    "TARGET_STATE",
    `"${place.app}" on target "${place.target}" would overwrite what is not its own: ${which.join("; ")}`,
    {
      hint: "Give one of the two another name or namespace. Where a target was renamed, stop what it had deployed first, and remove these.",
    },
  );
}
