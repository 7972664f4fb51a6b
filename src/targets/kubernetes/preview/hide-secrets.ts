import type { ResolvedApp } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { groupOf, keyOf, refOf } from "../apply/refs.ts";
import type { ObjectChange } from "./changes.ts";

const HOLDS = "(holds a secret)";
const MAY_HOLD = "(may hold a secret)";
/** Texts that run a program and tell it nothing. */
const OPEN = /(?:^|\.)(?:image|imagePullPolicy)$|(?:^|\.)resources(?:\.|$)/;

/**
 * The same changes without values that may be a secret's. Of an object that a secret is put into none is shown: what such
 * an object holds now is the secret itself, in whatever field and form. Of the others, what stood there before may have
 * been made of a secret that the chart no longer puts there. It is shown only where it says nothing new: all its texts
 * stand in the new objects or are the chart's own, or it is a field of Kubernetes' own kinds that no secret goes into.
 *
 * @param defaults - the values that the chart itself has
 */
export function hideSecrets(
  changes: readonly ObjectChange[],
  objects: readonly KubeObject[],
  { secrets }: Pick<ResolvedApp, "secrets">,
  defaults: unknown,
): readonly ObjectChange[] {
  const words = Object.values(secrets).flatMap((word) => [word, Buffer.from(word).toString("base64")]);
  const holding = new Set(
    objects
      .filter((object) => words.some((word) => JSON.stringify(object).includes(word)))
      .map((object) => keyOf(refOf(object))),
  );
  const known = new Set([...leavesOf(objects), ...leavesOf(defaults)]);
  return changes.map((one) => {
    if (holding.has(keyOf(one.ref)))
      return { ...one, fields: one.fields.map(({ path }) => ({ path, to: HOLDS })) };
    const ownKind = !groupOf(one.ref).includes(".") || groupOf(one.ref).endsWith(".k8s.io");
    const shown = (path: string, from: string): boolean => {
      const leaves = parsed(from);
      if (leaves === undefined) return false;
      return leaves.every(
        (leaf) =>
          leaf === null ||
          typeof leaf === "boolean" ||
          known.has(leaf) ||
          (ownKind && (typeof leaf === "number" || OPEN.test(path))),
      );
    };
    const fields = one.fields.map(({ path, from, ...to }) =>
      from === undefined ? { path, ...to } : { path, from: shown(path, from) ? from : MAY_HOLD, ...to },
    );
    return { ...one, fields };
  });
}

/** All values that are no object or list; undefined where the text was cut off. */
function parsed(json: string): readonly unknown[] | undefined {
  try {
    return leavesOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function leavesOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(leavesOf);
}
