import { rename, writeFile } from "node:fs/promises";
import { readJson } from "../../../util/state/atomic-file.ts";
import type { Counters } from "./counters.ts";
import { LatestWriter } from "./latest-writer.ts";

/**
 * Keeps counters on the disk, so that they survive the proxy. Not waited for until they are really there: a proxy that
 * is killed loses nothing by that, and after a crash of the machine every process is a new one.
 */
export class CountsFile {
  readonly #file: string;
  readonly #counters: Counters;
  readonly #writer = new LatestWriter(() => this.#write());
  #written = 0;

  constructor(file: string, counters: Counters) {
    this.#file = file;
    this.#counters = counters;
  }

  async save(): Promise<void> {
    if (this.#counters.changes !== this.#written) await this.#writer.save();
  }

  /** Goes on from what is on the disk. What cannot be understood is set aside, and said so. */
  async restore(): Promise<void> {
    const value = await readJson(this.#file).catch(() => null);
    if (value === undefined || this.#counters.restore(value)) return;
    await rename(this.#file, `${this.#file}.unreadable`);
    process.stderr.write(
      `${this.#file} could not be understood and was set aside; counting starts at zero\n`,
    );
  }

  async #write(): Promise<void> {
    const { changes } = this.#counters;
    const draft = `${this.#file}.tmp`;
    await writeFile(draft, JSON.stringify(this.#counters), { mode: 0o600 });
    await rename(draft, this.#file);
    this.#written = changes;
  }
}
