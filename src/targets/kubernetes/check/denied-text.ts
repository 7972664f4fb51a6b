import type { DeniedPermission } from "../apply/permissions.ts";

/** Permissions that are missing, by kind: `Deployment create, patch; Pod/log get`. */
export function deniedText(denied: readonly DeniedPermission[]): string {
  const verbs = new Map<string, string[]>();
  for (const { kind, subresource, verb, namespace } of denied) {
    const of = subresource === undefined ? kind : `${kind}/${subresource}`;
    const where = namespace === undefined ? `${of} (whole cluster)` : of;
    verbs.set(where, [...(verbs.get(where) ?? []), verb]);
  }
  return [...verbs].map(([of, all]) => `${of} ${all.join(", ")}`).join("; ");
}
