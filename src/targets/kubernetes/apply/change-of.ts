import { isDeepStrictEqual } from "node:util";
import type { KubeObject, ManagedFields } from "../api/types.ts";
import { changedFields } from "./diff.ts";
import type { Inspected } from "./inspect.ts";
import type { Applied } from "./types.ts";

/** What an apply did, by what was there before it. */
export function changeOf(
  before: Inspected | undefined,
  after: KubeObject,
  manager: string,
): Applied["change"] {
  const live = before?.live ?? before?.result;
  const version = live?.metadata.resourceVersion;
  if (live === undefined || version === undefined) return "created";
  if (version === after.metadata.resourceVersion) return "unchanged";
  // Its controller may have reported on it meanwhile, in its status or by an annotation.
  const fields = changedFields(live, after).filter(({ path }) => !path.startsWith("metadata.annotations"));
  const same = isDeepStrictEqual(entriesOf(live, manager), entriesOf(after, manager));
  return same && fields.length === 0 ? "unchanged" : "configured";
}

function entriesOf({ metadata }: KubeObject, manager: string): readonly ManagedFields[] {
  return (metadata.managedFields ?? []).filter((one) => one.manager === manager && one.operation === "Apply");
}
