/** Source of the names: KEP-3659. */

/** On the parent: the set's id. */
export const SET_ID = "applyset.kubernetes.io/id";
/** On each member: the id of the set that it belongs to. */
export const MEMBER = "applyset.kubernetes.io/part-of";
/** On the parent: which tool keeps the set, `name/version`. */
export const TOOLING = "applyset.kubernetes.io/tooling";
/** On the parent: kinds of members, `Kind.group` with commas between. */
export const MEMBER_KINDS = "applyset.kubernetes.io/contains-group-kinds";
/** On the parent: namespaces of members besides the parent's own. */
export const MEMBER_NAMESPACES = "applyset.kubernetes.io/additional-namespaces";
/** What we write into {@link TOOLING}. */
export const OUR_TOOLING = "sluice/v1";
