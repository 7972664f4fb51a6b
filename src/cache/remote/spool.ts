import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Milliseconds after which a file that nobody has removed is of a process that is gone. */
const OLD = 86_400_000;

/** Blobs on their way, in files: what must be verified as a whole is not handed on before. */
export class Spool {
  readonly #folder: string;
  #swept: Promise<void> | undefined;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, "cache", "incoming");
  }

  /** Writes a blob to a file of its own. What arrives in part leaves nothing behind. */
  async take(blob: AsyncIterable<Uint8Array>): Promise<SpooledBlob> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await (this.#swept ??= this.#sweep());
    const file = join(this.#folder, randomBytes(12).toString("hex"));
    try {
      const to = createWriteStream(file, { flags: "wx", mode: 0o600 });
      await pipeline(blob, to);
      return new SpooledBlob(file, to.bytesWritten);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Removes what processes that were killed have left. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const file = join(this.#folder, name);
      const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > OLD) await rm(file, { force: true });
    }
  }
}

export class SpooledBlob {
  readonly size: number;
  readonly #file: string;

  constructor(file: string, size: number) {
    this.#file = file;
    this.size = size;
  }

  read(): AsyncIterable<Uint8Array> {
    return createReadStream(this.#file);
  }

  /** The blob, once: the file goes with its reader. */
  async *consume(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* this.read();
    } finally {
      await this.remove();
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
