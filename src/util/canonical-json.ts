import { hash } from "node:crypto";

/** JSON text with the keys of every object sorted and `undefined` members left out, so that equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** `sha256:<hex>` of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${hash("sha256", content)}`;
}
