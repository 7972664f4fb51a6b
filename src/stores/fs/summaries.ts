import { readFileSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { codeOf } from "../../errors/index.ts";
import { SUMMARY_VERSION, type RunSummary } from "../../model/index.ts";
import type { SummaryStore } from "../../ports/index.ts";
import { writeAtomic } from "./atomic.ts";

const SUFFIX = ".json";
/** Files read in one go. */
const AT_ONCE = 64;

/**
 * One file per run below `<state>/history`. Plain files, because the only embedded database that needs no compiler is
 * not in every Node that Sluice runs on, and because a run then never waits for another one's lock. A file is whole or
 * not there, so there is no index that could disagree with it.
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
    for (const [index, name] of (await this.#names()).reverse().entries()) {
      // A thousand small files are read three times as fast one by one as by promises; in between, others get a turn.
      if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const found = this.#open(name);
      if (typeof found === "string") onFault?.(found);
      else if (found !== undefined) yield found;
    }
  }

  async prune(before: number): Promise<number> {
    let pruned = 0;
    for (const name of await this.#names()) {
      const file = join(this.#folder, name);
      const found = this.#open(name);
      if (found === undefined) continue;
      // Of one that cannot be read, the file's own time has to do.
      const began = typeof found === "string" ? (await stat(file)).mtimeMs : found.startedAt;
      if (began >= before) continue;
      await rm(file, { force: true });
      pruned += 1;
    }
    return pruned;
  }

  /** A summary, or why it is left out, or `undefined` where another process has forgotten it since it was listed. */
  #open(name: string): RunSummary | string | undefined {
    const file = join(this.#folder, name);
    try {
      const found = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown; nodes?: unknown } | null;
      if (typeof found?.version !== "number" || typeof (found.nodes ?? 0) !== "object")
        return `${file} is no summary of a run and is left out`;
      if (found.version === SUMMARY_VERSION) return found as RunSummary;
      return `${file} was written by another version of Sluice and is left out`;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      return `${file} cannot be read and is left out: ${(error as Error).message}`;
    }
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => name.endsWith(SUFFIX)).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  }
}
