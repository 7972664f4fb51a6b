type Loose = Record<string, unknown>;

const isMap = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of a configuration as FieldsV1, with every list taken as a whole. */
export function fieldsOf(value: Loose): Loose {
  const fields: Loose = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    fields[`f:${key}`] = isMap(part) && Object.keys(part).length > 0 ? fieldsOf(part) : {};
  }
  return fields;
}

/** What is left when the fields that were owned, and are not wanted any more, go. */
export function removeFields(value: Loose, owned: Loose, wanted: Loose): Loose {
  const left: Loose = {};
  for (const [key, part] of Object.entries(value)) {
    const field = `f:${key}`;
    const was = owned[field] as Loose | undefined;
    const stays = wanted[field] as Loose | undefined;
    if (was === undefined) left[key] = part;
    else if (isMap(part) && Object.keys(was).length > 0) {
      const inner = removeFields(part, was, stays ?? {});
      if (Object.keys(inner).length > 0 || stays !== undefined) left[key] = inner;
    } else if (stays !== undefined) left[key] = part;
  }
  return left;
}

/** JSON merge patch. */
export function mergeFields(value: Loose, patch: Loose): Loose {
  const merged = Object.fromEntries(Object.entries(value).filter(([key]) => patch[key] !== null));
  for (const [key, part] of Object.entries(patch)) {
    if (part === undefined || part === null) continue;
    merged[key] = isMap(part) && isMap(merged[key]) ? mergeFields(merged[key], part) : structuredClone(part);
  }
  return merged;
}

/** Whether labels fit a selector of `key=value`, `key`, `!key` and `key in (a,b)`. */
export function matches(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return selector
    .split(/,(?![^(]*\))/)
    .filter((term) => term !== "")
    .every((term) => {
      const set = /^(\S+) in \((.*)\)$/.exec(term);
      if (set !== null) return (set[2] ?? "").split(",").includes(labels[set[1] ?? ""] ?? "\0");
      const [key = "", value] = term.split("=");
      if (value !== undefined) return labels[key] === value;
      return key.startsWith("!") ? labels[key.slice(1)] === undefined : labels[key] !== undefined;
    });
}
