import { createInterface, type Interface } from "node:readline";

/** A stream that lines are read from. */
export type LineInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly readableEnded?: boolean;
};

/** Lines from a stream, one asked for at a time; `undefined` at its end and when the signal fires. */
export class LineReader {
  readonly #input: LineInput;
  readonly #lines: Interface;
  readonly #signal: AbortSignal;
  readonly #read: string[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(input: LineInput, signal: AbortSignal) {
    this.#input = input;
    this.#signal = signal;
    // not as a terminal: the line stays with the system's own editing, and Ctrl-C stays a signal
    this.#lines = createInterface({ input, terminal: false });
    this.#lines.on("line", (line) => {
      this.#read.push(line);
      this.#wake?.();
    });
    this.#lines.on("close", this.#end);
    input.once("error", this.#end);
    signal.addEventListener("abort", this.#end, { once: true });
    // a stream that has ended before does not say so again
    if (input.readableEnded === true) this.#end();
  }

  get aborted(): boolean {
    return this.#signal.aborted;
  }

  async next(): Promise<string | undefined> {
    while (this.#read.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#signal.aborted ? undefined : this.#read.shift();
  }

  /** Lets go of lines that were typed before anybody asked. */
  async forgetTyped(): Promise<void> {
    // longer than the system takes to hand over what it holds, shorter than a person takes to read a question
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.#read.length = 0;
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#end);
    this.#input.off("error", this.#end);
    this.#lines.close();
  }

  readonly #end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };
}
