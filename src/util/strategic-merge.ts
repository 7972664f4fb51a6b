/** By which field the items of a list are told apart, by the list's own name. Lists that are not named are replaced. */
export type MergeKeys = Readonly<Record<string, string>>;

type Fields = Readonly<Record<string, unknown>>;

/** Of a pod. */
export const POD_KEYS: MergeKeys = {
  containers: "name",
  initContainers: "name",
  volumes: "name",
  env: "name",
  imagePullSecrets: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  ports: "containerPort",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
};

/** Of a Service. */
export const SERVICE_KEYS: MergeKeys = { ports: "port" };

/** Of a ServiceAccount. */
export const ACCOUNT_KEYS: MergeKeys = { imagePullSecrets: "name", secrets: "name" };

/**
 * An object with a patch over it, as Kubernetes' strategic merge patch does it. Maps are merged member by member; null
 * removes a member. The items of a list that has a merge key are merged where that key is the same: what is there keeps
 * its place, what is new follows. Every other list is replaced, and so is every other value. There are no directives such
 * as `$patch`. Patching twice is as patching once.
 *
 * Source: Kubernetes, contributors/devel/sig-api-machinery/strategic-merge-patch.md; the keys are those of `patchMergeKey`
 * in the structs of k8s.io/api.
 */
export function strategicMerge(object: Fields, patch: Fields, keys: MergeKeys): Fields {
  const merged = new Map(Object.entries(object));
  for (const [name, value] of Object.entries(patch)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (value === null) merged.delete(name);
    else if (isFields(value)) merged.set(name, strategicMerge(fieldsOf(merged.get(name)), value, keys));
    else if (key !== undefined && Array.isArray(value))
      merged.set(name, mergeItems(merged.get(name), value, key, keys));
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function mergeItems(
  list: unknown,
  patch: readonly unknown[],
  key: string,
  keys: MergeKeys,
): readonly unknown[] {
  const items: unknown[] = Array.isArray(list) ? [...(list as readonly unknown[])] : [];
  for (const one of patch) {
    const at = items.findIndex((item) => fieldsOf(item)[key] === fieldsOf(one)[key]);
    if (at === -1) items.push(strategicMerge({}, fieldsOf(one), keys));
    else items[at] = strategicMerge(fieldsOf(items[at]), fieldsOf(one), keys);
  }
  return items;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
