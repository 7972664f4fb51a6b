import type { KubeObject } from "../api/types.ts";
import type { ParsedDocument } from "./parse-yaml.ts";
import type { ManifestProblems } from "./problems.ts";

/** An object with the place that it comes from. */
export interface PlacedObject {
  readonly object: KubeObject;
  readonly where: string;
}

/** The objects of documents: lists are taken apart, empty documents left out. */
export function objectsOf(
  documents: readonly ParsedDocument[],
  problems: ManifestProblems,
): readonly PlacedObject[] {
  return documents.flatMap(({ value, where, place }) => {
    if (value === null || value === undefined) return [];
    return membersOf(value, where, place, [], problems);
  });
}

function membersOf(
  value: unknown,
  where: string,
  place: ParsedDocument["place"],
  path: readonly (string | number)[],
  problems: ManifestProblems,
): readonly PlacedObject[] {
  if (!isRecord(value)) {
    problems.add(where, "this is no Kubernetes object");
    return [];
  }
  const { kind, items } = value;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    return items.flatMap((item: unknown, index) => {
      const at = [...path, "items", index];
      return membersOf(item, place(...at), place, at, problems);
    });
  }
  const wrong = faultOf(value);
  if (wrong === undefined) return [{ object: value as KubeObject, where }];
  const { at, problem } = wrong;
  problems.add(at.length === 0 ? where : place(...path, ...at), problem);
  return [];
}

function faultOf(
  value: Readonly<Record<string, unknown>>,
): { readonly at: readonly string[]; readonly problem: string } | undefined {
  for (const field of ["apiVersion", "kind"]) {
    const text = value[field];
    if (text === undefined) return { at: [], problem: `it has no ${field}` };
    if (typeof text !== "string" || text === "") return { at: [field], problem: `${field} must be a text` };
  }
  const { metadata } = value;
  if (!isRecord(metadata)) return { at: [], problem: "it has no metadata" };
  const { name, generateName, namespace } = metadata;
  if (generateName !== undefined) {
    const problem = "generateName gives another object each time, which cannot be applied; give it a name";
    return { at: ["metadata", "generateName"], problem };
  }
  if (name === undefined) return { at: ["metadata"], problem: "it has no metadata.name" };
  if (typeof name !== "string" || name === "") {
    return { at: ["metadata", "name"], problem: "metadata.name must be a text; put it in quotes" };
  }
  if (namespace !== undefined && (typeof namespace !== "string" || namespace === ""))
    return { at: ["metadata", "namespace"], problem: "metadata.namespace must be a text; put it in quotes" };
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
