/** The last bytes of a stream of chunks. A push costs no more than `limit`, however large the chunk. */
export class MemoryTail {
  readonly #limit: number;
  #held = "";
  #cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    const last = chunk.subarray(Math.max(0, chunk.length - this.#limit));
    // a binary string: appending is free, and nothing of the chunk's memory is kept
    this.#held += Buffer.from(last.buffer, last.byteOffset, last.length).toString("latin1");
    if (last.length < chunk.length) this.#cut = true;
    if (this.#held.length > 2 * this.#limit) this.#trim();
  }

  /** Whether more was pushed than is held. */
  get cut(): boolean {
    return this.#cut || this.#held.length > this.#limit;
  }

  bytes(): Buffer {
    this.#trim();
    return Buffer.from(this.#held, "latin1");
  }

  #trim(): void {
    if (this.#held.length <= this.#limit) return;
    this.#held = this.#held.slice(-this.#limit);
    this.#cut = true;
  }
}
