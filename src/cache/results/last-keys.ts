import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { logFileName } from "../../util/log-name.ts";
import { writeWhole } from "./draft.ts";

/** The key under which each job of a pipeline was found or kept last, to say what has changed since. */
export class LastKeys {
  readonly #folder: string;
  readonly #file: string;
  #keys: Readonly<Record<string, string>>;
  readonly #own = new Map<string, string>();

  private constructor(folder: string, file: string, keys: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#file = file;
    this.#keys = keys;
  }

  static async open(folder: string, pipeline: string): Promise<LastKeys> {
    const file = join(folder, "last", logFileName(pipeline).replace(/\.log$/, ".json"));
    return new LastKeys(folder, file, await read(file));
  }

  get(node: string): string | undefined {
    return this.#own.get(node) ?? (Object.hasOwn(this.#keys, node) ? this.#keys[node] : undefined);
  }

  set(node: string, key: string): void {
    if (this.get(node) !== key) this.#own.set(node, key);
  }

  /** Adds what was found out to what other runs have written meanwhile. */
  async save(): Promise<void> {
    if (this.#own.size === 0) return;
    this.#keys = { ...(await read(this.#file)), ...Object.fromEntries(this.#own) };
    await writeWhole(this.#folder, this.#file, JSON.stringify(this.#keys));
    this.#own.clear();
  }
}

/** It only serves to say what has changed, so one that is damaged counts as none. */
async function read(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter((one): one is [string, string] => /^[0-9a-f]{64}$/.test(String(one[1]))),
    );
  } catch {
    return {};
  }
}
