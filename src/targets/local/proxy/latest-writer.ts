/** Runs one write at a time; what changes during a write is taken along by the next one. */
export class LatestWriter {
  readonly #write: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  /** `write` writes what holds when it is called. */
  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when what holds now is written; rejects with the fault of that write. */
  save(): Promise<void> {
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        this.#running = this.#write();
        return this.#running;
      });
    return this.#queued;
  }
}
