import { createHash, hash } from "node:crypto";
import { createReadStream, lstatSync, type BigIntStats } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { CacheFault } from "../fault.ts";

/** Bytes up to which a file is read at once, which takes far less time than a stream. */
const AT_ONCE = 1n << 20n;
const TRIES = 3;

/** What `lstat` says of a file, as far as a write to it would change that. */
export function identityOf(info: BigIntStats): string {
  return [info.size, info.mtimeNs, info.ctimeNs, info.ino, info.dev, info.mode].join(":");
}

/** `f:<hex>` for a file, `x:<hex>` for one that can be executed, `l:<hex>` for a link, over the text of its target. */
export function factOf(kind: "file" | "link", executable: boolean, hex: string): string {
  return `${kind === "link" ? "l" : executable ? "x" : "f"}:${hex}`;
}

/**
 * The digest of a file with what it was found under.
 *
 * @throws CacheFault where it cannot be read, or is written to all the time
 */
export async function hashFile(
  path: string,
  found: BigIntStats,
): Promise<{ readonly info: BigIntStats; readonly fact: string }> {
  let info = found;
  for (let tries = 0; tries < TRIES; tries++) {
    const hex = await contentHash(path, info);
    const after = lstatSync(path, { bigint: true });
    // What changed while it was read may be a mixture of two contents.
    if (identityOf(after) === identityOf(info)) {
      const kind = info.isSymbolicLink() ? "link" : "file";
      return { info, fact: factOf(kind, (info.mode & 0o100n) !== 0n, hex) };
    }
    info = after;
  }
  throw new CacheFault(`${path} is written to all the time`);
}

async function contentHash(path: string, info: BigIntStats): Promise<string> {
  if (info.isSymbolicLink()) return hash("sha256", await readlink(path, "buffer"), "hex");
  if (info.size <= AT_ONCE) return hash("sha256", await readFile(path), "hex");
  const sum = createHash("sha256");
  await pipeline(createReadStream(path), sum);
  return sum.digest("hex");
}
