/**
 * A tag for images of which nothing is known: one without a tag would get another pull policy by default, and that would
 * look like a change.
 */
const TAG = ":in-the-run";

/** The same object with a tag at every image that is nothing but one of the words. */
export function tagImages<T>(value: T, words: readonly string[]): T {
  if (words.length === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => tagImages(item, words)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [
      key,
      key === "image" && typeof member === "string" && words.includes(member)
        ? `${member}${TAG}`
        : tagImages(member, words),
    ]),
  ) as T;
}

/** Texts about such objects, as if the words had stood alone. */
export function untag(text: string, words: readonly string[]): string {
  return words.reduce((all, word) => all.replaceAll(`${word}${TAG}`, word), text);
}
