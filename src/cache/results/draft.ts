import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../../errors/index.ts";

/** A path of its own beside the things that are kept, for what is not whole yet. */
export function draftPath(folder: string): string {
  return join(folder, `draft-${randomBytes(8).toString("hex")}`);
}

/** Puts what stands in `draft` at `place` in one step; what stood there is replaced. */
export async function putInPlace(draft: string, place: string): Promise<void> {
  await rename(draft, place).catch(async (error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    await mkdir(dirname(place), { recursive: true });
    await rename(draft, place);
  });
}

/** Writes a whole file or nothing. */
export async function writeWhole(folder: string, place: string, text: string): Promise<void> {
  const draft = draftPath(folder);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, text, { flag: "wx" });
    await putInPlace(draft, place);
  } finally {
    await rm(draft, { force: true });
  }
}
