import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors/index.ts";
import type { FolderAnswer, FolderCache } from "../ports/index.ts";

const NAME = /^[A-Za-z0-9][\w.-]*$/;
const ALONE: FolderAnswer = Object.freeze({ note: "no remote cache" });

/** Folders below `<state>/cache/folders`, on this machine alone. */
export class LocalFolders implements FolderCache {
  readonly #root: string;

  constructor(stateDir: string) {
    this.#root = join(stateDir, "cache", "folders");
  }

  async folder(name: string): Promise<string> {
    if (!NAME.test(name)) throw new SluiceError("USAGE", `"${name}" is no name for a folder`);
    const path = join(this.#root, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  fetch(): Promise<FolderAnswer> {
    return Promise.resolve(ALONE);
  }

  send(): Promise<FolderAnswer> {
    return Promise.resolve(ALONE);
  }
}
