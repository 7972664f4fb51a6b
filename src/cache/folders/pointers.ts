import type { BlobCache } from "../../ports/index.ts";
import { CacheFault } from "../fault.ts";
import { checkKey, MOST_LINE, pointerKey, prefixesOf } from "./keys.ts";

/**
 * The protocol finds a blob by its whole key only. So for each prefix of a key a small blob says which key was sent last
 * with it.
 *
 * @throws CacheFault where it makes no sense
 */
export async function readPointer(
  blobs: BlobCache,
  name: string,
  prefix: string,
): Promise<string | undefined> {
  const blob = await blobs.get(pointerKey(name, prefix));
  if (blob === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of blob) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_LINE) throw new CacheFault(`what ${prefix} points to is no key`);
  }
  const key = Buffer.concat(chunks).toString("utf8");
  checkKey(key);
  if (!key.startsWith(prefix)) throw new CacheFault(`what ${prefix} points to is ${key}`);
  return key;
}

export async function writePointers(blobs: BlobCache, name: string, key: string): Promise<void> {
  for (const prefix of prefixesOf(key))
    await blobs.put(pointerKey(name, prefix), new Blob([key]), { took: 0 });
}
