import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes the file whole or not at all: a reader never sees half of it. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const folder = path.dirname(file);
  const written = path.join(folder, `.${path.basename(file)}.${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(written, content);
    await rename(written, file);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}
