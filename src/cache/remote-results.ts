import type { BlobCache } from "../ports/index.ts";
import { CacheFault, reasonOf } from "./fault.ts";
import { packEntry, peekEntry, unpackEntry, type Unpacked } from "./pack.ts";
import type { Manifest } from "./results/manifest.ts";

/** Results sent at the same time. */
const AT_ONCE = 2;

/**
 * Results in a cache that machines share. It never holds a run up and never fails one: after the first trouble with it, it
 * is left alone for the rest of the run, and that is said once.
 */
export class RemoteResults {
  readonly #open: () => Promise<BlobCache>;
  readonly #folder: string;
  readonly #warnings: string[] = [];
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #sending = new Set<Promise<void>>();
  #blobs: Promise<BlobCache> | undefined;
  #isLeftAlone = false;

  constructor(open: () => Promise<BlobCache>, folder: string) {
    this.#open = open;
    this.#folder = folder;
  }

  /** The result under a key, unpacked and verified; `undefined` where there is none or it cannot be had. */
  async fetch(key: string): Promise<Unpacked | undefined> {
    return await this.#get(key, (stream) => unpackEntry(stream, key, this.#folder));
  }

  /** Only what the result is. */
  async peek(key: string): Promise<Manifest | undefined> {
    return await this.#get(key, (stream) => peekEntry(stream, key));
  }

  /** Sends a result that is kept here, while the run goes on. */
  send(manifest: Manifest): void {
    if (this.#isLeftAlone) return;
    this.#waiting.push(() => this.#send(manifest));
    this.#sendNext();
  }

  /** What there is to say since the last call. */
  warnings(): readonly string[] {
    return this.#warnings.splice(0);
  }

  /** Waits until all is sent, or cannot be. */
  async close(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  async #get<T>(
    key: string,
    read: (stream: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#isLeftAlone) return undefined;
    let location = "";
    try {
      const blobs = await this.#connect();
      location = blobs.location;
      const stream = await blobs.get(key);
      return stream === undefined ? undefined : await read(stream);
    } catch (error) {
      // An entry that is damaged says nothing of the others.
      if (error instanceof CacheFault)
        this.#warnings.push(`${location}: ${error.message}, so it is not used`);
      else this.#leaveAlone("asked", error);
      return undefined;
    }
  }

  #sendNext(): void {
    while (this.#sending.size < AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const sending: Promise<void> = next().finally(() => {
        this.#sending.delete(sending);
        this.#sendNext();
      });
      this.#sending.add(sending);
    }
  }

  async #send(manifest: Manifest): Promise<void> {
    if (this.#isLeftAlone) return;
    try {
      const blobs = await this.#connect();
      const packed = await packEntry(this.#folder, manifest);
      try {
        await blobs.put(manifest.key, packed.blob, { took: manifest.took });
      } finally {
        await packed.remove();
      }
    } catch (error) {
      if (error instanceof CacheFault) this.#warnings.push(`${manifest.node} is not sent: ${error.message}`);
      else this.#leaveAlone("written to", error);
    }
  }

  #connect(): Promise<BlobCache> {
    return (this.#blobs ??= this.#open());
  }

  #leaveAlone(doing: string, error: unknown): void {
    if (this.#isLeftAlone) return;
    this.#isLeftAlone = true;
    this.#waiting.length = 0;
    this.#warnings.push(
      `the remote cache could not be ${doing} and is left alone for this run: ${reasonOf(error)}`,
    );
  }
}
