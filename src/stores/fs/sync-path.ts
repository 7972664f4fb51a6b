import { open } from "node:fs/promises";

/** Waits until a file's content is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the names in a folder are on the disk. Some file systems cannot do that, and then have no need to. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await syncFile(folder);
  } catch {
    // The file itself is on the disk; what is left to chance is its name, where the file system knows no better.
  }
}
