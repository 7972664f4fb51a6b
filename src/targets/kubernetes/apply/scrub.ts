import { createMasker } from "../../../util/mask/index.ts";
import type { KubeObject } from "../api/types.ts";
import { at } from "../readiness/object.ts";

/** Takes the values of the Secrets among `objects` out of a text, and what `mask` knows: a server quotes what it refuses. */
export function scrubber(
  objects: readonly KubeObject[],
  mask: (text: string) => string = (text) => text,
): (text: string) => string {
  const secrets = objects.filter(isSecret);
  if (secrets.length === 0) return mask;
  let own: ReturnType<typeof createMasker> | undefined;
  return (text) => {
    // Made for the first message only: most applies have none.
    own ??= createMasker(secrets.flatMap(valuesOf));
    return mask(own.mask(text));
  };
}

function isSecret({ kind, apiVersion }: KubeObject): boolean {
  return kind === "Secret" && apiVersion === "v1";
}

function valuesOf(secret: KubeObject): readonly { readonly name: string; readonly value: string }[] {
  const values = (field: string): readonly [string, string][] =>
    Object.entries((at(secret, field) ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
  return [
    ...values("data").flatMap(([name, value]) => [
      { name, value: Buffer.from(value, "base64").toString() },
      // As it was written, where it is no base64 and refused for it.
      { name, value },
    ]),
    ...values("stringData").map(([name, value]) => ({ name, value })),
  ];
}
