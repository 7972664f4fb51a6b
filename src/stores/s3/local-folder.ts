import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";

/** What processes that were killed have printed and not uploaded is kept this long. Milliseconds. */
const SPOOL_KEPT = 30 * 86_400_000;

/** Where one bucket's things stay on this machine: copies of artifacts, and logs on their way. */
export function localFolder(stateDir: string, endpoint: string | undefined, location: string): string {
  const name = createHash("sha256")
    .update(`${endpoint ?? ""} ${location}`)
    .digest("hex")
    .slice(0, 16);
  return join(stateDir, "s3", name);
}

/** Makes the folder, out of git's sight, and clears away what is of no use to anyone any more. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const ignore = join(dirname(dirname(folder)), ".gitignore");
    if (!existsSync(ignore)) await writeFile(ignore, "*\n");
    const spool = join(folder, "spool");
    for (const name of existsSync(spool) ? await readdir(spool) : []) {
      const { mtimeMs } = await stat(join(spool, name));
      if (mtimeMs < Date.now() - SPOOL_KEPT) await rm(join(spool, name), { recursive: true, force: true });
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw new SluiceError("STATE_UNWRITABLE", `cannot write ${folder}: ${(error as Error).message}`, {
      path: folder,
      hint: "Make room or give permission, or choose another folder with --state-dir.",
      cause: error,
    });
  }
}
