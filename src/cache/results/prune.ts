import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dirent } from "node:fs";
import { codeOf } from "../../errors/index.ts";
import { factsName, resultsFolder } from "./layout.ts";
import { contentsOf, decodeManifest } from "./manifest.ts";

/** Milliseconds; a content younger than this may belong to a result that is just being kept. */
const JUST_KEPT = 3_600_000;

/** What {@link pruneResults} forgot. */
export interface PrunedResults {
  /** Results of jobs. */
  readonly results: number;
  readonly bytes: number;
}

/**
 * Forgets results that were used last before `before` (milliseconds since 1970), those that are damaged, and contents that
 * no result names. With `dry`, only counts. May run beside runs that use the cache.
 */
export async function pruneResults(
  stateDir: string,
  before: number,
  dry = false,
  now = Date.now(),
): Promise<PrunedResults> {
  const folder = resultsFolder(stateDir);
  const inUse = new Set<string>();
  let results = 0;
  let bytes = 0;
  const drop = async (path: string, size: number): Promise<void> => {
    bytes += size;
    if (!dry) await rm(path, { force: true });
  };
  for (const { name: key, path } of await filesIn(join(folder, "entries"))) {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    const contents = info.mtimeMs < before ? undefined : await contentsAt(path, key);
    for (const digest of contents?.keys() ?? []) inUse.add(digest);
    if (contents !== undefined) continue;
    results += 1;
    await drop(path, info.size);
    const facts = join(folder, factsName(key));
    const size = (await stat(facts).catch(() => undefined))?.size;
    if (size !== undefined) await drop(facts, size);
  }
  const settled = now - JUST_KEPT;
  for (const { name, path } of [...(await filesIn(join(folder, "content"))), ...(await draftsIn(folder))]) {
    const info = await stat(path).catch(() => undefined);
    // A link to an old file is old itself, but its status was changed when it was made.
    if (info === undefined || inUse.has(`sha256:${name}`) || info.ctimeMs > settled) continue;
    await drop(path, info.size);
  }
  return { results, bytes };
}

/** Bytes of all results together. Contents that are linked from a run's artifacts count here too. */
export async function sizeOfResults(stateDir: string): Promise<number> {
  const folder = resultsFolder(stateDir);
  let bytes = 0;
  for (const part of ["entries", "facts", "content"]) {
    for (const { path } of await filesIn(join(folder, part)))
      bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

async function contentsAt(path: string, key: string): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    return contentsOf(decodeManifest(await readFile(path, "utf8"), key));
  } catch {
    return undefined;
  }
}

interface Found {
  readonly name: string;
  readonly path: string;
}

async function filesIn(folder: string): Promise<readonly Found[]> {
  const entries = await list(folder, true);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }));
}

/** What a process that was killed has left half done. */
async function draftsIn(folder: string): Promise<readonly Found[]> {
  const entries = await list(folder, false);
  const drafts = entries.filter((entry) => entry.isFile() && entry.name.startsWith("draft-"));
  return drafts.map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }));
}

async function list(folder: string, recursive: boolean): Promise<Dirent[]> {
  try {
    return await readdir(folder, { recursive, withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
