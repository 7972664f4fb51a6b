import type { ResolvedApp } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { keyOf, refOf } from "../apply/refs.ts";
import type { ObjectChange } from "./changes.ts";

const HIDDEN = "(holds a secret)";

/**
 * The same changes without values of objects that a secret is put into. What such an object holds now is the secret
 * itself, in whatever field and form, so that no value of it can be shown.
 */
export function hideSecrets(
  changes: readonly ObjectChange[],
  objects: readonly KubeObject[],
  { secrets }: Pick<ResolvedApp, "secrets">,
): readonly ObjectChange[] {
  const words = Object.values(secrets).flatMap((word) => [word, Buffer.from(word).toString("base64")]);
  const holding = new Set(
    objects
      .filter((object) => words.some((word) => JSON.stringify(object).includes(word)))
      .map((object) => keyOf(refOf(object))),
  );
  return changes.map((one) =>
    holding.has(keyOf(one.ref))
      ? { ...one, fields: one.fields.map(({ path }) => ({ path, to: HIDDEN })) }
      : one,
  );
}
