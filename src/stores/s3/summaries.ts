import { isSluiceError } from "../../errors/index.ts";
import { SUMMARY_VERSION, type RunSummary } from "../../model/index.ts";
import type { SummaryStore } from "../../ports/index.ts";
import type { Bucket } from "./bucket.ts";
import { HISTORY, historyKey } from "./keys.ts";

/** Summaries that are read at the same time. */
const AT_ONCE = 16;

/** One object per run. */
export class S3SummaryStore implements SummaryStore {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async put(summary: RunSummary): Promise<void> {
    await this.#bucket.put(historyKey(summary.run), `${JSON.stringify(summary)}\n`);
  }

  async *read(onFault?: (message: string) => void): AsyncIterable<RunSummary> {
    const keys: string[] = [];
    for await (const { key } of this.#bucket.list(HISTORY)) keys.push(key);
    keys.sort().reverse();
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const found = await Promise.all(
        keys.slice(start, start + AT_ONCE).map((key) => this.#readOne(key, onFault)),
      );
      for (const summary of found) if (summary !== undefined) yield summary;
    }
  }

  async prune(before: number): Promise<number> {
    const gone: string[] = [];
    for await (const { run, startedAt } of this.read()) if (startedAt < before) gone.push(historyKey(run));
    await this.#bucket.delete(gone);
    return gone.length;
  }

  async #readOne(key: string, onFault?: (message: string) => void): Promise<RunSummary | undefined> {
    try {
      const summary = (await this.#bucket.getJson(key))?.value as RunSummary | undefined;
      if (summary === undefined || (summary as { version: number }).version === SUMMARY_VERSION)
        return summary;
      onFault?.(`${this.#bucket.url(key)} was written by another version of Sluice and is left out`);
    } catch (error) {
      // One that makes no sense is its own affair; a storage that cannot be read is everybody's.
      if (!isSluiceError(error) || error.code !== "STATE_CORRUPT") throw error;
      onFault?.(`${error.message} and is left out`);
    }
    return undefined;
  }
}
