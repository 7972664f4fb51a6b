import type { TargetPreview } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { nameOf, refOf } from "../apply/refs.ts";
import { mapTexts } from "./map-texts.ts";

/** An object whose name goes by a content that is not known yet. */
export interface Unsettled {
  readonly object: KubeObject;
  /** What is not known. */
  readonly why: string;
}

/** Says `<content>` wherever a name ends in the hash of what is not known yet, and says of which objects that is so. */
export function nameByContent(preview: TargetPreview, unsettled: readonly Unsettled[]): TargetPreview {
  if (unsettled.length === 0) return preview;
  const named = (text: string): string =>
    unsettled.reduce((all, { object }) => all.replaceAll(object.metadata.name, general(object)), text);
  const notes = unsettled.map(
    ({ object, why }) => `${nameOf(refOf(object))} is named by its content, and ${why}`,
  );
  return mapTexts({ ...preview, notes: [...preview.notes, ...notes] }, named);
}

function general({ metadata }: KubeObject): string {
  return metadata.name.replace(/-[0-9a-f]+$/, "-<content>");
}
