import { isDeepStrictEqual } from "node:util";
import { SluiceError } from "../../../errors/index.ts";
import type { Applied } from "../apply/types.ts";
import { nameOf } from "../apply/refs.ts";
import type { KubeObject, ManagedFields } from "../api/types.ts";
import { at } from "../readiness/object.ts";

/**
 * Whether an object of a newer generation still is what was applied: nobody took a field over that we had set, and its
 * pods are made from the same template. An autoscaler that sets the number of replicas, or a controller that completes
 * its own objects, supersedes nothing.
 */
export function stillAsApplied(applied: KubeObject, live: KubeObject): boolean {
  if (live.metadata.uid !== applied.metadata.uid || live.metadata.deletionTimestamp !== undefined)
    return false;
  const template = at(applied, "spec", "template");
  if (!isDeepStrictEqual(template, at(live, "spec", "template"))) return false;
  // What was seen through a watch does not say who owns its fields.
  if (applied.metadata.managedFields === undefined) return template !== undefined;
  const ours = fieldsOf(applied).filter(({ operation }) => operation === "Apply");
  const theirs = fieldsOf(live);
  const isSame = theirs.some(isScaling) ? sameButReplicas : sameFields;
  return ours.length > 0 && ours.every((one) => theirs.some((other) => isSame(one, other)));
}

/** The error for an object that somebody else has changed since. `live` is undefined where it is gone. */
export function supersededError(
  { ref, object }: Applied,
  live: KubeObject | undefined,
  what: string,
): SluiceError {
  const who = live === undefined ? undefined : whoChanged(object, live);
  const by = who === undefined ? "" : `, by ${who}`;
  return new SluiceError("TARGET_STATE", `${nameOf(ref)} is no longer as it was applied${by}: ${what}`, {
    hint: "Let only one at a time change it, and deploy again.",
  });
}

/** The field managers that wrote last, with the time. */
function whoChanged(applied: KubeObject, live: KubeObject): string | undefined {
  // An entry that lost fields to another keeps its time.
  const before = new Set(fieldsOf(applied).map(writing));
  const since = fieldsOf(live)
    .filter((one) => !before.has(writing(one)))
    .sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
  const [last] = since;
  if (last === undefined) return undefined;
  return `"${last.manager}"${last.time === undefined ? "" : ` at ${last.time}`}`;
}

function writing({ manager, operation, subresource, time }: ManagedFields): string {
  return JSON.stringify([manager, operation, subresource, time]);
}

function fieldsOf(object: KubeObject): readonly ManagedFields[] {
  return (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource !== "status");
}

/** Whether it is how an autoscaler, or `kubectl scale`, came to own the number of replicas. */
function isScaling({ subresource, fieldsV1 }: ManagedFields): boolean {
  return subresource === "scale" && at(fieldsV1, "f:spec", "f:replicas") !== undefined;
}

function sameButReplicas(a: ManagedFields, b: ManagedFields): boolean {
  return sameFields(withoutReplicas(a), withoutReplicas(b));
}

function withoutReplicas(entry: ManagedFields): ManagedFields {
  const { "f:spec": spec = {}, ...others } = entry.fieldsV1;
  const { "f:replicas": _replicas, ...rest } = spec as Readonly<Record<string, unknown>>;
  return { ...entry, fieldsV1: { ...others, "f:spec": rest } };
}

function sameFields(a: ManagedFields, b: ManagedFields): boolean {
  return a.manager === b.manager && a.operation === b.operation && isDeepStrictEqual(a.fieldsV1, b.fieldsV1);
}
