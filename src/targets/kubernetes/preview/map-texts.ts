/** The same data with every text in it changed. */
export function mapTexts<T>(part: T, change: (text: string) => string): T {
  if (typeof part === "string") return change(part) as T;
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((item: unknown) => mapTexts(item, change)) as T;
  return Object.fromEntries(
    Object.entries(part).map(([key, member]: [string, unknown]) => [key, mapTexts(member, change)]),
  ) as T;
}
