import { createHash } from "node:crypto";

export interface ApplySetParent {
  readonly name: string;
  /** Absent for a parent of the whole cluster. */
  readonly namespace?: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
}

/**
 * The id of a set, made from its parent alone, so that every tool finds the same.
 *
 * Source: KEP-3659, `applyset-<base64url(sha256(<name>.<namespace>.<kind>.<group>))>-v1`.
 */
export function applySetId({ name, namespace = "", kind, group }: ApplySetParent): string {
  const hash = createHash("sha256").update(`${name}.${namespace}.${kind}.${group}`).digest("base64url");
  return `applyset-${hash}-v1`;
}

/** The kinds of a set's members as the parent's annotation lists them. */
export function memberKinds(
  objects: readonly { readonly apiVersion: string; readonly kind: string }[],
): string {
  const kinds = objects.map(({ apiVersion, kind }) => {
    const [group = "", version] = apiVersion.split("/");
    return version === undefined ? kind : `${kind}.${group}`;
  });
  return [...new Set(kinds)].sort().join(",");
}
