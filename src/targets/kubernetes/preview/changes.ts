import type { PreviewChange } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { nameOf, refOf } from "../apply/refs.ts";
import type { ObjectPreview } from "../apply/types.ts";

/** What applying an object would do, and the object of another name that it takes the place of. */
export interface ObjectChange extends ObjectPreview {
  readonly replaces?: string;
}

/** What a plan says of objects, and what could not be asked about them. */
export function asChanges(previews: readonly ObjectChange[]): {
  readonly changes: readonly PreviewChange[];
  readonly notes: readonly string[];
} {
  return {
    changes: previews.map(asChange),
    notes: previews.flatMap(({ ref, late }) =>
      late === undefined ? [] : `the server cannot check ${nameOf(ref)} yet: ${late}`,
    ),
  };
}

function asChange({ ref, replaces, change, fields, conflicts, problem }: ObjectChange): PreviewChange {
  const place = replaces === undefined ? "" : ` (in place of ${replaces})`;
  const object = `${nameOf(ref)}${place}`;
  if (problem === undefined) return { object, change, fields, conflicts };
  // The conflicts stand there already, one by one.
  const mere = conflicts.length > 0 && problem.includes(` is owned by "${conflicts[0]?.owner ?? ""}"`);
  const why = mere ? "leave these fields out, or take them over with force: true" : problem;
  return { object, change, fields, conflicts, problem: why };
}

/** Objects that are made, as far as can be said without asking. */
export function created(objects: readonly KubeObject[], namespace: string): readonly ObjectChange[] {
  return objects.map((object) => ({
    ref: { namespace, ...refOf(object) },
    change: "create",
    fields: [],
    conflicts: [],
  }));
}
