import { isSluiceError } from "../../../errors/index.ts";
import type { ApiResource, ClusterApi, KindRef } from "../api/types.ts";
import { at, list, text } from "../readiness/object.ts";
import { groupOf } from "./refs.ts";

/**
 * What the server has for an entry `Kind.group` of a set's parent, which names no version; `undefined` where it has the
 * kind no longer. Versions in `known` are believed, so that mostly nothing has to be asked.
 */
export async function servedKind(
  api: ClusterApi,
  entry: string,
  known: readonly KindRef[],
): Promise<ApiResource | undefined> {
  const [kind = "", ...rest] = entry.split(".");
  const group = rest.join(".");
  const same = known.find((one) => one.kind === kind && groupOf(one) === group);
  const versions = same === undefined ? await versionsOf(api, group) : [same.apiVersion];
  for (const apiVersion of versions) {
    try {
      return await api.resource({ apiVersion, kind });
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "MANIFEST_INVALID") throw error;
    }
  }
  return undefined;
}

/** Of a group, the preferred one first; none where the server has no such group. */
async function versionsOf(api: ClusterApi, group: string): Promise<readonly string[]> {
  if (group === "") return ["v1"];
  let found: unknown;
  try {
    found = await api.request("GET", `/apis/${group}`);
  } catch (error) {
    if (isSluiceError(error) && "status" in error && error.status === 404) return [];
    throw error;
  }
  const preferred = text(at(found, "preferredVersion"), "groupVersion");
  const all = list(found, "versions").map((version) => text(version, "groupVersion"));
  return [...new Set([preferred, ...all])].filter((version) => version !== "");
}
