/** Writes as fast as the reader takes it, and notices when there is none any more, as after `| head`. */
export class Output {
  readonly #stream: NodeJS.WritableStream;
  #gone = false;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    // What is wrong with the stream is judged where it was made.
    stream.once("error", () => {
      this.#gone = true;
    });
  }

  /** False where the reader has gone away: there is no use in going on. */
  async write(chunk: string | Uint8Array, encoding: BufferEncoding = "utf8"): Promise<boolean> {
    if (this.#gone) return false;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    if (this.#stream.write(bytes)) return true;
    await new Promise<void>((resolve) => {
      const events = ["drain", "close", "error"] as const;
      const done = (): void => {
        for (const event of events) this.#stream.off(event, done);
        resolve();
      };
      for (const event of events) this.#stream.on(event, done);
    });
    return !this.#gone;
  }
}
