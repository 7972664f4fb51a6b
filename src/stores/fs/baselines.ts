import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { Json } from "../../model/index.ts";
import type { BaselineStore } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { writeAtomic } from "./atomic.ts";

/** One file per gate, below `<state>/baselines`. */
export class FileBaselineStore implements BaselineStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: string): Promise<Json | undefined> {
    const file = this.#file(key);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      throw new SluiceError("STATE_CORRUPT", `${file} is not JSON`, {
        hint: "Remove it: the next run that passes writes a new one.",
        cause: error,
      });
    }
  }

  set(values: ReadonlyMap<string, Json>): Promise<void> {
    return Promise.resolve().then(() => {
      for (const [key, value] of values) writeAtomic(this.#file(key), `${JSON.stringify(value)}\n`);
    });
  }

  #file(key: string): string {
    return join(this.#folder, logFileName(key).replace(/\.log$/, ".json"));
  }
}
