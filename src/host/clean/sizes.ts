import type { RunStore } from "../../ports/index.ts";
import type { StoredFiles } from "./digests.ts";

/** What runs take together, each file of their artifacts counted once. */
export class Sizes {
  readonly #own = new Map<string, number>();
  readonly #files = new Map<string, ReadonlyMap<string, number>>();
  readonly #users = new Map<string, number>();
  #total = 0;

  /** Bytes. */
  get total(): number {
    return this.#total;
  }

  async add(run: string, store: RunStore, stored: StoredFiles): Promise<void> {
    const own = await store.size(run);
    const files = new Map((await stored.of(run)).map(({ digest, size }) => [digest, size] as const));
    this.#own.set(run, own);
    this.#files.set(run, files);
    this.#total += own;
    for (const [digest, size] of files) {
      const users = this.#users.get(digest) ?? 0;
      this.#users.set(digest, users + 1);
      if (users === 0) this.#total += size;
    }
  }

  drop(run: string): void {
    this.#total -= this.#own.get(run) ?? 0;
    for (const [digest, size] of this.#files.get(run) ?? []) {
      const users = (this.#users.get(digest) ?? 1) - 1;
      this.#users.set(digest, users);
      if (users === 0) this.#total -= size;
    }
    this.#own.delete(run);
    this.#files.delete(run);
  }
}
