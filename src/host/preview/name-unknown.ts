import type { TargetPreview } from "../../ports/index.ts";

/** Puts names to the words that stand for what a run will give, and says which of them are shown. */
export function nameUnknown(
  preview: TargetPreview,
  unknown: Readonly<Record<string, string>>,
): TargetPreview {
  const shown = new Set<string>();
  const named = (text: string): string => {
    let result = text;
    for (const [word, what] of Object.entries(unknown)) {
      if (!result.includes(word)) continue;
      shown.add(what);
      // A text that is nothing else stands without its quotes, so that nobody takes it for the value.
      result = result.replaceAll(`"${word}"`, `<${what}>`).replaceAll(word, `<${what}>`);
    }
    return result;
  };
  const walk = <T>(part: T): T => {
    if (typeof part === "string") return named(part) as T;
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map(walk) as T;
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member)])) as T;
  };
  const result = walk(preview);
  if (shown.size === 0) return result;
  const which = [...shown].map((what) => `<${what}>`).join(", ");
  return { ...result, notes: [...result.notes, `known only once the run is there: ${which}`] };
}
