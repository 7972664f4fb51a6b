import type { KubeObject } from "../api/types.ts";
import type { ObjectPreview } from "./types.ts";

type Changed = ObjectPreview["fields"][number];

/** What a server keeps for itself, and changes with every write. */
const BOOKKEEPING = new Set([
  "managedFields",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "uid",
  "selfLink",
]);
/** Holds a whole former manifest, a Secret's data with it. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Characters of a value that are shown. */
const SHOWN = 160;
const HIDDEN = "(changed)";

/** The fields in which two states of an object differ, in the order of the newer one. Values of Secrets are not shown. */
export function changedFields(before: KubeObject, after: KubeObject): readonly Changed[] {
  const fields: Changed[] = [];
  const secret = before.kind === "Secret" && before.apiVersion === "v1";
  compare(comparable(before), comparable(after), "", (path, from, to) => {
    const hidden = secret && /^(?:data|stringData)\b/.test(path);
    fields.push({
      path,
      ...(from === undefined ? {} : { from: hidden ? HIDDEN : compact(from) }),
      ...(to === undefined ? {} : { to: hidden ? HIDDEN : compact(to) }),
    });
  });
  return fields;
}

function comparable({ status: _status, metadata, ...rest }: KubeObject): Readonly<Record<string, unknown>> {
  const kept = Object.entries(metadata).filter(([field]) => !BOOKKEEPING.has(field));
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => name !== LAST_APPLIED);
  return { metadata: { ...Object.fromEntries(kept), annotations: Object.fromEntries(annotations) }, ...rest };
}

type Report = (path: string, from: unknown, to: unknown) => void;

function compare(from: unknown, to: unknown, path: string, report: Report): void {
  const [before, after] = [membersOf(from), membersOf(to)];
  // What is wholly new or gone is one change, unless it is the object of which all fields are asked for.
  if (before === undefined || after === undefined) {
    if (JSON.stringify(from) !== JSON.stringify(to)) report(path, from, to);
    return;
  }
  for (const key of new Set([...after.keys(), ...before.keys()])) {
    const next = path === "" ? key.replace(/^\./, "") : `${path}${key}`;
    compare(before.get(key), after.get(key), next, report);
  }
}

/** What an object or a list consists of, by how a path names it; `undefined` for anything else. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) {
    return new Map(Object.entries(value).map(([key, member]) => [segment(key), member]));
  }
  const names = value.map((item: unknown) => nameIn(item));
  // Containers, ports, variables: items are told apart by name, so that one that is put before others changes no others.
  const named = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return new Map(
    value.map((item: unknown, index) => [`[${named ? (names[index] ?? "") : String(index)}]`, item]),
  );
}

function segment(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${key}]`;
}

function nameIn(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("name" in item)) return undefined;
  return typeof item.name === "string" ? item.name : undefined;
}

function compact(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= SHOWN ? json : `${json.slice(0, SHOWN)}…`;
}
