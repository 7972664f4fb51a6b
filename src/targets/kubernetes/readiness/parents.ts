import { at, count, list, type LiveObject, text } from "./object.ts";

/**
 * What a route's reference to a parent names, with all that the API takes for granted where it is left out: equal for two
 * that mean the same.
 *
 * Source: Gateway API v1, ParentReference: group, kind and namespace have defaults; sectionName and port have none.
 */
export function parentKey(ref: unknown, route: LiveObject): string {
  // An empty group is that of Services, for a mesh.
  const group = at(ref, "group") === "" ? "" : text(ref, "group") || "gateway.networking.k8s.io";
  const kind = text(ref, "kind") || "Gateway";
  const namespace = text(ref, "namespace") || (route.metadata.namespace ?? "");
  const part = `${text(ref, "sectionName")}:${count(ref, "port")}`;
  return [group, kind, namespace, text(ref, "name"), part].join("|");
}

/** Whether two routes hang on the same parents and answer to the same host names. */
export function isReachedAlike(one: LiveObject, other: LiveObject): boolean {
  const parents = (route: LiveObject): readonly string[] =>
    list(route, "spec", "parentRefs").map((ref) => parentKey(ref, route));
  const hostnames = (route: LiveObject): readonly string[] => list(route, "spec", "hostnames").map(String);
  return sameMembers(parents(one), parents(other)) && sameMembers(hostnames(one), hostnames(other));
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join("\n") === others.toSorted().join("\n");
}
