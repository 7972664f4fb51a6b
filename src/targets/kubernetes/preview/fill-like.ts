/**
 * A value in which each text that holds one of the words is replaced by what stands at its place in `live`, where that is
 * no text: a field for a number takes no word. The paths of what was replaced are added to `paths`.
 */
export function fillLike(
  value: unknown,
  live: unknown,
  words: readonly string[],
  paths: string[],
  path = "",
): unknown {
  if (typeof value === "string") {
    if (!words.some((word) => value.includes(word))) return value;
    if (typeof live !== "number" && typeof live !== "boolean") return value;
    paths.push(path);
    return live;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const others = Array.isArray(live) ? (live as readonly unknown[]) : [];
    return value.map((item: unknown, index) =>
      fillLike(item, counterpart(item, index, others), words, paths, `${path}[${nameOf(item) ?? index}]`),
    );
  }
  const there = typeof live === "object" && live !== null ? (live as Readonly<Record<string, unknown>>) : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      fillLike(member, there[key], words, paths, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Items with a name are found by it. */
function counterpart(item: unknown, index: number, others: readonly unknown[]): unknown {
  const name = nameOf(item);
  return name === undefined ? others[index] : others.find((other) => nameOf(other) === name);
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("name" in item)) return undefined;
  return typeof item.name === "string" ? item.name : undefined;
}
