import { open, stat } from "node:fs/promises";
import pLimit from "p-limit";
import type { Bucket } from "../bucket.ts";
import { storageFault } from "../faults.ts";

/** Files up to this size go in one request, larger ones in parts of it. Bytes. */
export const PART = 16 * 1024 * 1024;

/** S3 takes this many parts of one object at most. */
const MOST_PARTS = 10_000;

/** Parts of one file that are under way at the same time; each is held in memory. */
const AT_ONCE = 2;

/** Writes a file as an object. `sha256` (hex) is what the file holds. */
export async function uploadFile(bucket: Bucket, key: string, file: string, sha256: string): Promise<void> {
  const { size } = await stat(file);
  if (size > PART) {
    await uploadInParts(bucket, key, file, size);
    return;
  }
  const bytes = await readPart(file, 0, size);
  await bucket.put(key, bytes, { sha256: Buffer.from(sha256, "hex").toString("base64") });
}

async function uploadInParts(bucket: Bucket, key: string, file: string, size: number): Promise<void> {
  const { api, at } = await bucket.direct(key);
  const partSize = Math.max(PART, Math.ceil(size / MOST_PARTS));
  const limit = pLimit(AT_ONCE);
  let upload: { UploadId: string } | undefined;
  try {
    const { UploadId = "" } = await api.createMultipartUpload(at);
    const started = (upload = { UploadId });
    const parts = Array.from({ length: Math.ceil(size / partSize) }, (_, index) =>
      limit(async () => {
        const Body = await readPart(file, index * partSize, Math.min(partSize, size - index * partSize));
        const PartNumber = index + 1;
        const { ETag = "" } = await api.uploadPart({ ...at, ...started, PartNumber, Body });
        return { PartNumber, ETag };
      }),
    );
    const Parts = await Promise.all(parts);
    await complete(bucket, key, size, () =>
      api.completeMultipartUpload({ ...at, ...started, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    limit.clearQueue();
    // Parts of an upload that is not ended cost money and are seen by nobody.
    if (upload !== undefined) await api.abortMultipartUpload({ ...at, ...upload }).catch(() => undefined);
    throw storageFault("write", bucket.url(key), error);
  }
}

/** An upload that was completed by a request whose answer got lost is unknown to the next one, and its object is there. */
async function complete(
  bucket: Bucket,
  key: string,
  size: number,
  request: () => Promise<unknown>,
): Promise<void> {
  try {
    await request();
  } catch (error) {
    const there = await bucket.head(key).catch(() => undefined);
    if (there?.size !== size) throw error;
  }
}

async function readPart(file: string, from: number, length: number): Promise<Buffer> {
  await using handle = await open(file);
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new Error(`${file} is shorter than it was`);
    done += bytesRead;
  }
  return bytes;
}
