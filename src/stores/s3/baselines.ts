import type { Json } from "../../model/index.ts";
import type { BaselineStore } from "../../ports/index.ts";
import type { Bucket } from "./bucket.ts";
import { baselineKey } from "./keys.ts";

/** One object per gate. */
export class S3BaselineStore implements BaselineStore {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Json | undefined> {
    const found = await this.#bucket.getJson(baselineKey(key));
    return found?.value as Json | undefined;
  }

  async set(values: ReadonlyMap<string, Json>): Promise<void> {
    await Promise.all(
      [...values].map(([key, value]) => this.#bucket.put(baselineKey(key), `${JSON.stringify(value)}\n`)),
    );
  }
}
