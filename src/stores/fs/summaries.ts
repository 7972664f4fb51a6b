import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SUMMARY_VERSION, type RunSummary } from "../../model/index.ts";
import type { SummaryStore } from "../../ports/index.ts";
import { writeAtomic } from "./atomic.ts";

const SUFFIX = ".json";

/**
 * One file per run below `<state>/history`. Plain files, because the only embedded database that needs no compiler is
 * not in every Node that Sluice runs on, and because a run then never waits for another one's lock.
 */
export class FileSummaryStore implements SummaryStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  put(summary: RunSummary): Promise<void> {
    return Promise.resolve().then(() => {
      writeAtomic(join(this.#folder, `${summary.run}${SUFFIX}`), `${JSON.stringify(summary)}\n`);
    });
  }

  async *read(onFault?: (message: string) => void): AsyncIterable<RunSummary> {
    for (const name of (await this.#names()).reverse()) {
      const file = join(this.#folder, name);
      try {
        const summary = JSON.parse(await readFile(file, "utf8")) as RunSummary;
        if ((summary as { version: number }).version === SUMMARY_VERSION) yield summary;
        else onFault?.(`${file} was written by another version of Sluice and is left out`);
      } catch (error) {
        onFault?.(`${file} cannot be read and is left out: ${(error as Error).message}`);
      }
    }
  }

  async prune(before: number): Promise<number> {
    let pruned = 0;
    for await (const { run, startedAt } of this.read()) {
      if (startedAt >= before) continue;
      await rm(join(this.#folder, `${run}${SUFFIX}`), { force: true });
      pruned += 1;
    }
    return pruned;
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => name.endsWith(SUFFIX)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}
