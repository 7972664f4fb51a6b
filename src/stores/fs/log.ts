import { closeSync, openSync } from "node:fs";
import type { LogSink } from "../../ports/index.ts";
import { guarded } from "./faults.ts";
import { writeAll } from "./write-all.ts";

/** One node's log. Written in the turn in which it comes: a pipe's next chunk is not read before this one is kept. */
export class FileLog implements LogSink {
  readonly #file: string;
  readonly #fd: number;

  constructor(file: string) {
    this.#file = file;
    this.#fd = guarded(file, () => openSync(file, "a"));
  }

  write(chunk: Uint8Array): void {
    guarded(this.#file, () => {
      writeAll(this.#fd, chunk);
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}
