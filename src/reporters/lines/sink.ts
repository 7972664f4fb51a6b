/** Writes to a stream, says when it is full, and falls silent for good once the reader has gone (EPIPE). */
export class Sink {
  readonly #out: NodeJS.WritableStream;
  #closed = false;
  #full: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #ended: (() => void) | undefined;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
    out.on("drain", this.#drained);
    out.on("close", this.#gone);
    out.on("error", this.#gone);
  }

  /** Whether nobody reads any more; writing is then without effect. */
  get closed(): boolean {
    return this.#closed;
  }

  /** A promise means: wait for it before you write more. It never rejects. */
  write(text: string, encoding: BufferEncoding = "utf8"): Promise<void> | undefined {
    if (this.#closed || text === "") return undefined;
    if (this.#send(text, encoding)) return undefined;
    this.#full ??= new Promise((resolve) => {
      this.#release = resolve;
    });
    return this.#full;
  }

  /** Resolves when everything is written or nobody reads any more, and lets go of the stream. */
  async end(): Promise<void> {
    if (!this.#closed) {
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
        this.#out.write("", () => {
          resolve();
        });
      });
    }
    this.#out.off("drain", this.#drained);
    this.#out.off("close", this.#gone);
    // a stream that has failed may say so again later: without a listener that would end the process
    if (!this.#closed) this.#out.off("error", this.#gone);
  }

  #send(text: string, encoding: BufferEncoding): boolean {
    try {
      return this.#out.write(text, encoding);
    } catch {
      this.#gone();
      return true;
    }
  }

  readonly #drained = (): void => {
    const release = this.#release;
    this.#full = undefined;
    this.#release = undefined;
    release?.();
  };

  readonly #gone = (): void => {
    this.#closed = true;
    this.#drained();
    this.#ended?.();
  };
}
