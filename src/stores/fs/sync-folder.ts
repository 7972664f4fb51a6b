import { open } from "node:fs/promises";

/** Waits until the names in a folder are on the disk. Some file systems cannot do that, and then have no need to. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself is on the disk; what is left to chance is its name, where the file system knows no better.
  }
}
