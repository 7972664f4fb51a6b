import { createHash } from "node:crypto";

/** Label on the parent: the set's id. */
export const APPLY_SET_ID = "applyset.kubernetes.io/id";
/** Label on each member: the id of its set. */
export const PART_OF = "applyset.kubernetes.io/part-of";
/** Annotation on the parent: `<tool>/<version>`. A set of another tool is never touched. */
export const TOOLING = "applyset.kubernetes.io/tooling";
/** Annotation on the parent: kinds of the members as `Kind.group`, comma-separated and sorted. */
export const MEMBER_KINDS = "applyset.kubernetes.io/contains-group-kinds";
/** Annotation on the parent: namespaces of members besides the parent's own. */
export const MEMBER_NAMESPACES = "applyset.kubernetes.io/additional-namespaces";

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
