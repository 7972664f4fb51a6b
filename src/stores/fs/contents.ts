import { createHash, randomBytes } from "node:crypto";
import { createReadStream, statSync, utimesSync } from "node:fs";
import { mkdir, rename, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { INCOMING } from "./sweep.ts";
import { syncFile, syncFolder } from "./sync-path.ts";

/** How to wait for the disk. */
export interface DiskSync {
  file(path: string): Promise<void>;
  /** For the names in it. */
  folder(path: string): Promise<void>;
}

const DISK: DiskSync = { file: syncFile, folder: syncFolder };

/** For copies of what is kept elsewhere. */
export const NO_SYNC: DiskSync = { file: () => Promise.resolve(), folder: () => Promise.resolve() };

/** Files by their digests, below `<folder>/sha256/<2 digits>/<62 digits>`. */
export class Contents {
  readonly #folder: string;
  readonly #sync: DiskSync;
  /** Folders with names that may not be on the disk yet, since the store's own folder was made. */
  #changed: readonly string[] = [];

  constructor(folder: string, sync = DISK) {
    this.#folder = folder;
    this.#sync = sync;
  }

  path(digest: string): string {
    const hex = digest.replace(/^sha256:/, "");
    return join(this.#folder, "sha256", hex.slice(0, 2), hex.slice(2));
  }

  /** A path of its own for a file that is being brought in. */
  async incoming(): Promise<string> {
    const made = await mkdir(this.#folder, { recursive: true });
    if (made !== undefined) this.#changed = foldersUpTo(this.#folder, made);
    return join(this.#folder, `${INCOMING}${randomBytes(8).toString("hex")}`);
  }

  /** Makes what is there as new as if it were stored now, so that no sweep takes it. False where it is not there. */
  renew(digest: string, size: number): boolean {
    const path = this.path(digest);
    try {
      if (statSync(path, { throwIfNoEntry: false })?.size !== size) return false;
      const now = new Date();
      utimesSync(path, now, now);
      return true;
    } catch {
      // A sweep has taken it in between.
      return false;
    }
  }

  /** Puts a file that nobody writes to any more under its digest; notes in `folders` which names that changes. */
  async put(incoming: string, digest: string, folders: Set<string>): Promise<void> {
    const place = this.path(digest);
    const now = new Date();
    await utimes(incoming, now, now);
    // Before it has its name: what stands under a digest is never half of it.
    await this.#sync.file(incoming);
    const made = await mkdir(dirname(place), { recursive: true });
    await rename(incoming, place);
    for (const folder of [dirname(place), ...foldersUpTo(dirname(place), made ?? place), ...this.#changed])
      folders.add(folder);
  }

  /** Waits until the names in these folders are on the disk: once for all the files of an artifact. */
  async settle(folders: ReadonlySet<string>): Promise<void> {
    await Promise.all([...folders].map((folder) => this.#sync.folder(folder)));
    this.#changed = [];
  }
}

/** The folders above `folder`, up to the one in which `made` is a name. */
function foldersUpTo(folder: string, made: string): readonly string[] {
  const above: string[] = [];
  for (let at = folder; at.length >= made.length; at = dirname(at)) above.push(dirname(at));
  return above;
}

/** `sha256:<hex>` of a file's content. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}
