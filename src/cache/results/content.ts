import { createHash, hash } from "node:crypto";
import { constants, createReadStream, createWriteStream, readFileSync } from "node:fs";
import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../../errors/index.ts";
import { chunks } from "../chunks.ts";
import { CacheFault } from "../fault.ts";
import { draftPath, putInPlace } from "./draft.ts";
import { contentName } from "./layout.ts";
import type { ContentRef } from "./manifest.ts";

/** Bytes of a log that is read and checked at once. */
const AT_ONCE = 1 << 20;

/** Contents by digest. Whatever is taken out is verified first. */
export class Content {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  path(digest: string): string {
    return join(this.#folder, contentName(digest));
  }

  /**
   * Keeps a file whose digest is known. `kept` is a file that nobody writes to any more (it is linked, so that the content
   * is on disk once); `original` may have been written to since, and is copied and verified.
   *
   * @throws CacheFault where `original` is not what it was
   */
  async keepFile(digest: string, kept: string | undefined, original: string): Promise<void> {
    const draft = await this.#draft();
    try {
      const linked = kept !== undefined && (await tryLink(kept, draft));
      if (!linked) {
        await copyFile(original, draft, constants.COPYFILE_FICLONE);
        if ((await hashOf(draft)) !== digest)
          throw new CacheFault(`${original} was changed after the job had made it`);
      }
      await putInPlace(draft, this.path(digest));
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Keeps what comes; `undefined` where nothing does. */
  async keepStream(stream: AsyncIterable<Uint8Array>): Promise<ContentRef | undefined> {
    const draft = await this.#draft();
    const sum = createHash("sha256");
    let size = 0;
    try {
      const count = new Transform({
        transform(chunk: Uint8Array, _encoding, done) {
          sum.update(chunk);
          size += chunk.length;
          done(null, chunk);
        },
      });
      await pipeline(stream, count, createWriteStream(draft, { flags: "wx" }));
      if (size === 0) return undefined;
      const digest = `sha256:${sum.digest("hex")}`;
      await putInPlace(draft, this.path(digest));
      return { digest, size };
    } finally {
      await rm(draft, { force: true });
    }
  }

  /**
   * Writes a copy of a content to a new file.
   *
   * @throws CacheFault where it is not there, or is not what it should be
   */
  async copyTo(digest: string, file: string): Promise<void> {
    await copyFile(this.path(digest), file, constants.COPYFILE_FICLONE).catch((error: unknown) => {
      throw codeOf(error) === "ENOENT" ? missing(digest) : error;
    });
    if ((await hashOf(file)) !== digest) throw unfit(digest);
  }

  /** As {@link Content.copyTo}, with no copy where a link can be made: for who never writes to the file. */
  async linkTo(digest: string, file: string): Promise<void> {
    if (!(await tryLink(this.path(digest), file))) {
      await this.copyTo(digest, file);
      return;
    }
    if ((await hashOf(file)) !== digest) throw unfit(digest);
  }

  /**
   * What a content holds, verified before the first byte is given.
   *
   * @throws CacheFault as {@link Content.copyTo}
   */
  async read({ digest, size }: ContentRef): Promise<AsyncIterable<Uint8Array>> {
    const path = this.path(digest);
    try {
      if (size <= AT_ONCE) {
        const bytes = readFileSync(path);
        if (`sha256:${hash("sha256", bytes, "hex")}` !== digest) throw unfit(digest);
        return chunks(bytes);
      }
      if ((await hashOf(path)) !== digest) throw unfit(digest);
      return createReadStream(path) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw codeOf(error) === "ENOENT" ? missing(digest) : error;
    }
  }

  /** Removes a content that is not what it should be. */
  async removeDamaged(digest: string): Promise<void> {
    const path = this.path(digest);
    const found = await hashOf(path).catch(() => undefined);
    if (found !== digest) await rm(path, { force: true });
  }

  async #draft(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    return draftPath(this.#folder);
  }
}

/** `sha256:<hex>` of a file's content. */
export async function hashOf(path: string): Promise<string> {
  const sum = createHash("sha256");
  await pipeline(createReadStream(path), sum);
  return `sha256:${sum.digest("hex")}`;
}

/** Over several file systems, or where a file has too many names, a link cannot be made. */
async function tryLink(from: string, to: string): Promise<boolean> {
  return await link(from, to).then(
    () => true,
    () => false,
  );
}

function missing(digest: string): CacheFault {
  return new CacheFault(`its content ${digest} is gone`);
}

function unfit(digest: string): CacheFault {
  return new CacheFault(`its content ${digest} does not fit its digest`);
}
