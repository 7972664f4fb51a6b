import type { KubeObject, ManagedFields } from "../api/types.ts";

/**
 * The part of an object that one manager has applied, as a configuration that applies the same again. Where it has
 * applied nothing, what is left is the object's name: applying that gives up whatever was applied since.
 *
 * Source: structured-merge-diff's FieldsV1: `f:<field>`, `k:<keys of a list item>`, `v:<value of a set>`, `.` the item itself.
 */
export function ownedFields(object: KubeObject, manager: string): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const entry = metadata.managedFields?.find((one) => isApplied(one, manager));
  const owned = entry === undefined ? {} : (pick(object, entry.fieldsV1) as Record<string, unknown>);
  const ownMetadata = owned["metadata"] as Record<string, unknown> | undefined;
  return {
    ...owned,
    apiVersion,
    kind,
    metadata: { ...ownMetadata, name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

function isApplied(entry: ManagedFields, manager: string): boolean {
  return entry.manager === manager && entry.operation === "Apply" && (entry.subresource ?? "") === "";
}

type FieldSet = Readonly<Record<string, unknown>>;

function pick(value: unknown, fields: FieldSet): unknown {
  const keys = Object.keys(fields).filter((key) => key !== ".");
  // Nothing below is named: the value as a whole is owned.
  if (keys.length === 0) return value;
  if (Array.isArray(value)) return pickItems(value, fields, keys);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  const picked: Record<string, unknown> = {};
  for (const key of keys) {
    if (!key.startsWith("f:")) continue;
    const name = key.slice(2);
    if (Object.hasOwn(members, name)) picked[name] = pick(members[name], fields[key] as FieldSet);
  }
  return picked;
}

function pickItems(items: readonly unknown[], fields: FieldSet, keys: readonly string[]): readonly unknown[] {
  const picked: unknown[] = [];
  for (const item of items) {
    const key = keys.find((one) => names(one, item));
    if (key === undefined) continue;
    const below = fields[key] as FieldSet;
    if (!key.startsWith("k:")) {
      picked.push(item);
      continue;
    }
    // An item's keys are what it is found by, whoever else owns them too.
    const identity = JSON.parse(key.slice(2)) as Record<string, unknown>;
    const part = pick(item, below);
    picked.push(onlyIdentity(below) ? identity : { ...identity, ...(part as object) });
  }
  return picked;
}

function onlyIdentity(fields: FieldSet): boolean {
  return Object.keys(fields).every((key) => key === ".");
}

function names(key: string, item: unknown): boolean {
  if (key.startsWith("v:")) return JSON.stringify(item) === JSON.stringify(JSON.parse(key.slice(2)));
  if (!key.startsWith("k:") || typeof item !== "object" || item === null) return false;
  const identity = JSON.parse(key.slice(2)) as Readonly<Record<string, unknown>>;
  return Object.entries(identity).every(([name, value]) => (item as Record<string, unknown>)[name] === value);
}
