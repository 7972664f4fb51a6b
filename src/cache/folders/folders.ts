import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { BlobCache, FolderAnswer, FolderCache } from "../../ports/index.ts";
import { reasonOf } from "../fault.ts";

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** Bytes of a folder, unpacked, that are sent or taken. */
const MOST_BYTES = 4 * 2 ** 30;

/**
 * Folders below `<state>/cache/folders`, shared with other machines through a remote cache where there is one. What goes
 * wrong with that is a warning: the folder is then empty, or as it was.
 */
export class Folders implements FolderCache {
  readonly #root: string;
  readonly #open: (() => Promise<BlobCache>) | undefined;
  readonly #mostBytes: number;

  /** @param open the remote cache, opened when it is first needed */
  constructor(stateDir: string, open?: () => Promise<BlobCache>, mostBytes = MOST_BYTES) {
    this.#root = join(stateDir, "cache", "folders");
    this.#open = open;
    this.#mostBytes = mostBytes;
  }

  /** @throws SluiceError `USAGE` for a name that is none */
  async folder(name: string): Promise<string> {
    if (!NAME.test(name)) {
      throw new SluiceError("USAGE", `${JSON.stringify(name)} is no name for a folder`, {
        hint: "Use letters, digits, _, . and -, up to 100, and none of the last three first.",
      });
    }
    const path = join(this.#root, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  async fetch(name: string, keys: readonly string[]): Promise<FolderAnswer> {
    return await this.#guarded("fetched", async () => {
      const folder = await this.folder(name);
      if ((await readdir(folder)).length > 0) {
        const { answerFromHere } = await import("./kept-keys.ts");
        return await answerFromHere(this.#root, name, keys);
      }
      if (this.#open === undefined) return { note: "empty, and there is no remote cache" };
      const { fetchFolder } = await import("./fetch-folder.ts");
      return await fetchFolder({ ...this.#place(name), blobs: await this.#open() }, keys);
    });
  }

  async send(name: string, key: string): Promise<FolderAnswer> {
    return await this.#guarded("sent", async () => {
      await this.folder(name);
      const { sendFolder } = await import("./send-folder.ts");
      return await sendFolder({ ...this.#place(name), open: this.#open }, key);
    });
  }

  #place(name: string): FolderPlace {
    return { root: this.#root, name, mostBytes: this.#mostBytes };
  }

  async #guarded(doing: string, work: () => Promise<FolderAnswer>): Promise<FolderAnswer> {
    try {
      return await work();
    } catch (error) {
      return { note: `not ${doing}`, warning: `a cached folder could not be ${doing}: ${reasonOf(error)}` };
    }
  }
}

export interface FolderPlace {
  /** Where all folders are. */
  readonly root: string;
  readonly name: string;
  readonly mostBytes: number;
}
