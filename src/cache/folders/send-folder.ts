import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobCache, FolderAnswer } from "../../ports/index.ts";
import { newDraft } from "./drafts.ts";
import { writeEnvelope } from "./envelope.ts";
import type { FolderPlace } from "./folders.ts";
import { checkKey, folderKey } from "./keys.ts";
import { noteKept, readKept } from "./kept-keys.ts";
import { bytesText, sizeText } from "./measure.ts";
import { packFolder } from "./pack-folder.ts";
import { writePointers } from "./pointers.ts";

interface Sending extends FolderPlace {
  readonly open: (() => Promise<BlobCache>) | undefined;
}

/** Notes that a folder is filled for a key, and sends it where it is not yet known to be there. */
export async function sendFolder({ open, ...place }: Sending, key: string): Promise<FolderAnswer> {
  const { root, name } = place;
  checkKey(key);
  if ((await readdir(join(root, name))).length === 0) return { note: "empty, so there is nothing to send" };
  const sentTo = (await readKept(root, name)).get(key);
  if (sentTo === undefined) await noteKept(root, name, key, null);
  if (open === undefined) return { note: "kept on this machine alone: there is no remote cache" };
  const blobs = await open();
  if (sentTo === blobs.location) return { note: `sent to ${blobs.location} before` };
  if (blobs.readOnly === true) return { note: `${blobs.location} is only read from` };
  const isThere = await blobs.has(folderKey(name, key));
  const answer = isThere ? { note: `at ${blobs.location} already` } : await send(place, key, blobs);
  await noteKept(root, name, key, blobs.location);
  return answer;
}

async function send(
  { root, name, mostBytes }: FolderPlace,
  key: string,
  blobs: BlobCache,
): Promise<FolderAnswer> {
  const start = performance.now();
  const draft = await newDraft(root);
  try {
    const { blob, ...packed } = await packFolder(join(root, name), draft, mostBytes);
    const { digest, files, bytes } = packed;
    const whole = new Blob([writeEnvelope({ name, key, digest, files, bytes }), blob]);
    await blobs.put(folderKey(name, key), whole, { took: performance.now() - start });
    await writePointers(blobs, name, key);
    return { key, note: `${sizeText(packed)}, ${bytesText(whole.size)} packed, to ${blobs.location}` };
  } finally {
    await rm(draft, { force: true });
  }
}
