import { rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import type { BlobCache, FolderAnswer } from "../../ports/index.ts";
import { CacheFault } from "../fault.ts";
import { newDraft } from "./drafts.ts";
import { openEnvelope } from "./envelope.ts";
import type { FolderPlace } from "./folders.ts";
import { folderKey, isPrefix } from "./keys.ts";
import { noteKept } from "./kept-keys.ts";
import { sizeText, type FolderSize } from "./measure.ts";
import { readPointer } from "./pointers.ts";
import { unpackFolder } from "./unpack-folder.ts";

interface Remote extends FolderPlace {
  readonly blobs: BlobCache;
}

/** Fills an empty folder by the first of `keys` that is there and whole. */
export async function fetchFolder(remote: Remote, keys: readonly string[]): Promise<FolderAnswer> {
  const { root, name, blobs } = remote;
  const faults: string[] = [];
  const said = (): { readonly warning?: string } =>
    faults.length === 0 ? {} : { warning: faults.join("; ") };
  for (const asked of keys) {
    try {
      const key = isPrefix(asked) ? await readPointer(blobs, name, asked) : asked;
      const size = key === undefined ? undefined : await take(remote, key);
      if (key === undefined || size === undefined) continue;
      if (size === "taken") return { note: "filled by another process meanwhile", ...said() };
      await noteKept(root, name, key, blobs.location);
      return { key, note: `${sizeText(size)} from ${blobs.location}`, ...said() };
    } catch (error) {
      // What is damaged under one key says nothing of the others.
      if (!(error instanceof CacheFault)) throw error;
      faults.push(`${blobs.location}: ${error.message}, so it is not used`);
    }
  }
  return { note: `nothing at ${blobs.location}`, ...said() };
}

async function take(
  { root, name, mostBytes, blobs }: Remote,
  key: string,
): Promise<FolderSize | "taken" | undefined> {
  const blob = await blobs.get(folderKey(name, key));
  if (blob === undefined) return undefined;
  const opened = await openEnvelope(blob, { name, key });
  const draft = await newDraft(root);
  try {
    await unpackFolder(opened, draft, mostBytes);
    return (await putInPlace(draft, join(root, name))) ? opened.envelope : "taken";
  } finally {
    await opened.archive.return();
    // A file may still be on its way to the disk when its archive has been given up.
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** In one step, so that nobody sees a part of it. Gives `false` where the folder is no longer empty. */
async function putInPlace(draft: string, folder: string): Promise<boolean> {
  try {
    // Takes the place of an empty folder on POSIX systems; elsewhere that has to go first.
    if (process.platform === "win32") await rmdir(folder);
    await rename(draft, folder);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}
