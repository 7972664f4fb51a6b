import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../api/types.ts";

type Loose = Readonly<Record<string, unknown>>;
/** What FieldsV1 says below a path, of all owners together. */
type Fields = readonly Loose[];

/**
 * An object as Helm 3 makes it of what is there: what the chart says, without what it said before and says no longer, and
 * with all that it has never said. Items of lists are told apart as the server does, which its `managedFields` show.
 *
 * Source: Helm 3's `pkg/kube/client.go`, `createPatch`: a strategic three-way merge patch.
 */
export function threeWay(old: KubeObject | undefined, next: KubeObject, live: KubeObject): KubeObject {
  const fields = (live.metadata.managedFields ?? []).map(({ fieldsV1 }) => fieldsV1);
  const { managedFields: _owners, ...metadata } = live.metadata;
  const now = { ...live, metadata };
  return merge(old, next, now, fields) as KubeObject;
}

function merge(old: unknown, next: unknown, live: unknown, fields: Fields): unknown {
  if (isMap(next)) return mergeMaps(isMap(old) ? old : {}, next, isMap(live) ? live : {}, fields);
  if (!Array.isArray(next) || !Array.isArray(live)) return next;
  const keys = fields.flatMap((one) => Object.keys(one).filter((key) => key.startsWith("k:")));
  const [first] = keys;
  if (first === undefined) return next;
  const names = Object.keys(JSON.parse(first.slice(2)) as Loose);
  return mergeItems(Array.isArray(old) ? old : [], next, live, names, fields);
}

function mergeMaps(old: Loose, next: Loose, live: Loose, fields: Fields): Loose {
  const gone = Object.keys(old).filter((key) => isUnset(next[key]));
  const kept = Object.entries(live).filter(([key]) => !gone.includes(key));
  const said = Object.entries(next)
    .filter(([, value]) => !isUnset(value))
    .map(([key, value]) => [key, merge(old[key], value, live[key], below(fields, `f:${key}`))] as const);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(said) };
}

function mergeItems(
  old: readonly unknown[],
  next: readonly unknown[],
  live: readonly unknown[],
  names: readonly string[],
  fields: Fields,
): readonly unknown[] {
  const find = (items: readonly unknown[], like: unknown): unknown =>
    items.find((item) => sameItem(item, like, names));
  const said = next.map((item) => {
    const there = find(live, item);
    return merge(find(old, item), item, there, itemFields(fields, there));
  });
  const others = live.filter((item) => find(next, item) === undefined && find(old, item) === undefined);
  return [...said, ...others];
}

/** A key that a manifest leaves out is one that the server fills in. */
function sameItem(one: unknown, other: unknown, names: readonly string[]): boolean {
  if (!isMap(one) || !isMap(other)) return isDeepStrictEqual(one, other);
  return names.every((name) => isUnset(one[name]) || isUnset(other[name]) || one[name] === other[name]);
}

function itemFields(fields: Fields, item: unknown): Fields {
  if (!isMap(item)) return [];
  return fields.flatMap((one) =>
    Object.entries(one).flatMap(([key, inner]) => {
      if (!key.startsWith("k:") || !isMap(inner)) return [];
      const identity = Object.entries(JSON.parse(key.slice(2)) as Loose);
      return identity.every(([name, value]) => item[name] === value) ? [inner] : [];
    }),
  );
}

function below(fields: Fields, key: string): Fields {
  return fields.flatMap((one) => (isMap(one[key]) ? [one[key]] : []));
}

function isMap(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}
