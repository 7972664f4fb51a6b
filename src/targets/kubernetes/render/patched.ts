import type { Reader } from "../../../util/state/reader.ts";
import { strategicMerge, type MergeKeys } from "../../../util/strategic-merge.ts";

type Fields = Readonly<Record<string, unknown>>;

const PARTS = ["pod", "deployment", "service", "account", "autoscaler", "disruptionBudget"] as const;

/** What is merged over the objects of a service, for those of which there is anything. */
export type Patches = Readonly<Partial<Record<(typeof PARTS)[number], Fields>>>;

export function readPatches(value: unknown, read: Reader): Patches {
  // An app that was planned before there were patches has none.
  const given = read.nullable(value, (patch) => read.object(patch, "patch")) ?? {};
  const parts = PARTS.filter((part) => given[part] !== undefined).map(
    (part) => [part, read.object(given[part], `patch.${part}`)] as const,
  );
  return Object.fromEntries(parts.filter(([, patch]) => Object.keys(patch).length > 0));
}

/** The object with its patch over it, or as it is where there is none. */
export function patched<T extends object>(object: T, patch: Fields | undefined, keys: MergeKeys = {}): T {
  return patch === undefined ? object : (strategicMerge(object as Fields, patch, keys) as T);
}
