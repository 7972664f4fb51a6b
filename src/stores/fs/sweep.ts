import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { codeOf } from "../../errors/index.ts";
import type { Swept } from "../../ports/index.ts";
import { unwritable } from "./faults.ts";

/** What files are called while they are brought in or thrown out. */
export const INCOMING = "incoming-";
const OUTGOING = "outgoing-";

/** All files of a store of artifacts, by their digests. */
export async function keptFiles(
  folder: string,
): Promise<readonly { readonly path: string; readonly digest: string }[]> {
  const paths = await filesIn(join(folder, "sha256"), true);
  return paths.map((path) => ({ path, digest: `sha256:${path.split(sep).slice(-2).join("")}` }));
}

/** See `ArtifactStore.sweep`. May run beside processes that store the very files that it throws out. */
export async function sweepFiles(
  folder: string,
  keep: ReadonlySet<string>,
  before: number,
  dry: boolean,
): Promise<Swept> {
  let files = 0;
  let bytes = 0;
  const count = (info: Stats | undefined): void => {
    if (info === undefined) return;
    files += 1;
    bytes += info.size;
  };
  try {
    for (const { path, digest } of await keptFiles(folder)) {
      const info = keep.has(digest) ? undefined : await oldFile(path, before);
      if (info !== undefined) count(dry ? info : await throwOut(folder, path, before));
    }
    // What a process that was killed has left half done.
    for (const path of await filesIn(folder, false)) {
      const info = await oldFile(path, before);
      if (info !== undefined && !dry) await rm(path, { force: true });
      count(info);
    }
  } catch (error) {
    throw unwritable(folder, error);
  }
  return { files, bytes };
}

/** Looks again once nobody else can reach the file: it may have been stored anew a moment ago. */
async function throwOut(folder: string, path: string, before: number): Promise<Stats | undefined> {
  const aside = join(folder, `${OUTGOING}${randomBytes(8).toString("hex")}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const info = await oldFile(aside, before);
  if (info === undefined) await rename(aside, path);
  else await rm(aside, { force: true });
  return info;
}

async function oldFile(path: string, before: number): Promise<Stats | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && info.mtimeMs < before ? info : undefined;
}

async function filesIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
