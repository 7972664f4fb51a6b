import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Bucket } from "../bucket.ts";
import { isMissing, storageFault } from "../faults.ts";

/** Tries to read an object to its end. */
const ATTEMPTS = 3;

/**
 * Writes an object to `file`, as a whole or not at all.
 *
 * @returns whether its content has the digest (hex); `undefined` where there is no such object
 */
export async function downloadFile(
  bucket: Bucket,
  key: string,
  file: string,
  sha256: string,
): Promise<boolean | undefined> {
  const draft = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        if ((await fetchTo(bucket, key, draft)) !== sha256) return false;
        await rename(draft, file);
        return true;
      } catch (error) {
        if (isMissing(error)) return undefined;
        // The SDK tries again until there is an answer, and not where one breaks off.
        if (attempt === ATTEMPTS) throw storageFault("read", bucket.url(key), error);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives the SHA-256 of what came. */
async function fetchTo(bucket: Bucket, key: string, file: string): Promise<string> {
  const { api, at } = await bucket.direct(key);
  const { Body } = await api.getObject(at);
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const body =
    Body === undefined ? Readable.from([]) : Readable.fromWeb(Body.transformToWebStream() as ReadableStream);
  await pipeline(body, hashing, createWriteStream(file));
  return hash.digest("hex");
}
