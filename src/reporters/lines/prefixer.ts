/** The longest part of an unfinished line that is held; what is longer is given out in pieces. */
export const HELD_LIMIT = 64 * 1024;

/**
 * Turns chunks of bytes into whole lines with a prefix. Text goes out as a "binary" string, one character a byte, to be
 * written as `latin1`: V8 replaces in such strings at memory speed, several times faster than copying line by line.
 */
export class LinePrefixer {
  readonly #prefix: string;
  readonly #separator: string;
  #held = "";

  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix).toString("latin1");
    // "$" is special in what replaceAll puts in
    this.#separator = `\n${this.#prefix}`.replaceAll("$", "$$$$");
  }

  /** The lines that `chunk` completes, or `""`. */
  push(chunk: Uint8Array): string {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const end = text.lastIndexOf("\n");
    if (end === -1) return this.#hold(text);
    const lines = this.#lines(this.#held + text.slice(0, end));
    this.#held = "";
    return lines + this.#hold(text.slice(end + 1));
  }

  /** The line that is still held, ended, or `""`. */
  flush(): string {
    if (this.#held === "") return "";
    const line = this.#lines(this.#held);
    this.#held = "";
    return line;
  }

  #lines(text: string): string {
    return `${this.#prefix}${this.#prefix === "" ? text : text.replaceAll("\n", this.#separator)}\n`;
  }

  #hold(text: string): string {
    this.#held += text;
    if (this.#held.length <= HELD_LIMIT) return "";
    let pieces = "";
    let from = 0;
    while (this.#held.length - from > HELD_LIMIT) {
      const to = from + characterStart(this.#held, from, HELD_LIMIT);
      pieces += this.#lines(this.#held.slice(from, to));
      from = to;
    }
    this.#held = this.#held.slice(from);
    return pieces;
  }
}

/** The largest length up to `length` that does not cut a UTF-8 character in two. */
function characterStart(binary: string, from: number, length: number): number {
  for (let back = 0; back < 4; back++) {
    const isContinuation = (binary.charCodeAt(from + length - back) & 0xc0) === 0x80;
    if (!isContinuation) return length - back;
  }
  return length;
}
