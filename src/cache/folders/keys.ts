import { CacheFault } from "../fault.ts";

/** Prefixes of a key that are kept a pointer for. */
const MOST_PREFIXES = 8;

/** A key that ends with this asks for the newest folder whose key begins with it. */
const SEPARATOR = "-";

export function isPrefix(key: string): boolean {
  return key.endsWith(SEPARATOR);
}

/** `npm-linux-x64-abc` can be found as `npm-`, `npm-linux-` and `npm-linux-x64-` too; the longest first. */
export function prefixesOf(key: string): readonly string[] {
  const prefixes = [...key.matchAll(/-+/g)].map(({ index, 0: dashes }) =>
    key.slice(0, index + dashes.length),
  );
  return prefixes
    .filter((prefix) => prefix !== key)
    .reverse()
    .slice(0, MOST_PREFIXES);
}

/** The key under which a folder is kept in the remote cache. */
export function folderKey(name: string, key: string): string {
  return `folder/1/${JSON.stringify([name, key])}`;
}

/** The key under which is kept which folder was sent last with a prefix. */
export function pointerKey(name: string, prefix: string): string {
  return `folder-pointer/1/${JSON.stringify([name, prefix])}`;
}

/** Bytes of a pointer, and of the line before an archive. */
export const MOST_LINE = 4_096;

const UNPRINTABLE = /[\x00-\x1f\x7f]/;

/** @throws CacheFault */
export function checkKey(key: string): void {
  if (key === "" || isPrefix(key) || UNPRINTABLE.test(key) || Buffer.byteLength(key) > 512)
    throw new CacheFault(`${JSON.stringify(key)} is no key: it is empty, too long or ends with -`);
}
