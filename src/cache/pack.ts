import { createHash, type Hash } from "node:crypto";
import { closeSync, createWriteStream, mkdirSync, openAsBlob, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { ReadEntry } from "tar";
import { CacheFault } from "./fault.ts";
import { draftPath } from "./results/draft.ts";
import { contentName, manifestName } from "./results/layout.ts";
import { checkIngredients, contentsOf, decodeManifest, type Manifest } from "./results/manifest.ts";

/** Bytes of all contents of a result that is sent or taken from elsewhere. */
export const MOST_BYTES = 4 * 2 ** 30;
/** Bytes of a manifest: its output has at most 1 MiB, the rest is for the names of files. */
const MOST_MANIFEST = 64 << 20;

/** A result as one blob, which stands in a file until it is removed. */
export interface Packed {
  readonly blob: Blob;
  remove(): Promise<void>;
}

/** A result that came from elsewhere: its contents stand in files of their own, each verified, in no place yet. */
export interface Unpacked {
  readonly manifest: Manifest;
  /** By digest. */
  readonly files: ReadonlyMap<string, string>;
  /** Removes the files that are still there. */
  remove(): Promise<void>;
}

/**
 * Packs a kept result: a gzipped tar of its manifest, then each content once, by the names that they have in the folder
 * of results. The same result gives the same members, without times or owners.
 *
 * @throws CacheFault where it is larger than {@link MOST_BYTES}
 */
export async function packEntry(folder: string, manifest: Manifest): Promise<Packed> {
  const contents = contentsOf(manifest);
  const size = [...contents.values()].reduce((sum, one) => sum + one, 0);
  if (size > MOST_BYTES)
    throw new CacheFault(`it has ${size} bytes, more than the ${MOST_BYTES} that are sent`);
  const { create } = await import("tar");
  const names = [manifestName(manifest.key), ...[...contents.keys()].map(contentName)];
  const file = draftPath(folder);
  try {
    const archive = create({ cwd: folder, portable: true, noMtime: true }, names);
    await pipeline(archive, createGzip(), createWriteStream(file, { flags: "wx" }));
    return { blob: await openAsBlob(file), remove: () => rm(file, { force: true }) };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/**
 * Unpacks what {@link packEntry} made, as far as it can be believed: the manifest must be that of the key, and every
 * member a content that it names, of the size that it says, with that digest. Names of members choose no path: files go
 * to `folder` under names of their own.
 *
 * @throws CacheFault where it is anything else
 */
export async function unpackEntry(
  stream: AsyncIterable<Uint8Array>,
  key: string,
  folder: string,
): Promise<Unpacked> {
  mkdirSync(folder, { recursive: true });
  const reader = new EntryReader(key, folder);
  try {
    await feed(stream, reader);
    return reader.whole();
  } catch (error) {
    await reader.remove();
    throw error;
  }
}

/**
 * Only the manifest, without reading the rest.
 *
 * @throws CacheFault as {@link unpackEntry}
 */
export async function peekEntry(stream: AsyncIterable<Uint8Array>, key: string): Promise<Manifest> {
  const reader = new EntryReader(key, undefined);
  await feed(stream, reader);
  if (reader.manifest === undefined) throw strange("holds no manifest");
  return reader.manifest;
}

/** Bytes of an archive besides the members' own: its end, and what is read of it at once. */
const SLACK = 65_536;
/** Bytes that a member takes besides its own at most: its head, and what fills up its last block. */
const FRAME = 1_024;

/** Thrown to stop reading when all is known that was asked for. */
const ENOUGH = new Error("enough");

async function feed(stream: AsyncIterable<Uint8Array>, reader: EntryReader): Promise<void> {
  const { Parser } = await import("tar");
  const parser = new Parser({ strict: true });
  parser.on("entry", (entry: ReadEntry) => {
    reader.see(entry);
  });
  try {
    await pipeline(stream, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > reader.expected) throw strange("unpacks to more than its manifest says");
        parser.write(chunk);
        reader.check();
        if (reader.done) throw ENOUGH;
      }
      parser.end();
      reader.check();
    });
  } catch (error) {
    if (error === ENOUGH) return;
    throw error instanceof CacheFault ? error : strange(`cannot be unpacked: ${(error as Error).message}`);
  }
}

interface Open {
  readonly digest: string;
  readonly fd: number;
  readonly sum: Hash;
}

/** Takes the members of one archive, in their order. */
class EntryReader {
  readonly #key: string;
  readonly #folder: string | undefined;
  readonly #files = new Map<string, string>();
  #wanted = new Map<string, number>();
  #open: Open | undefined;
  #fault: Error | undefined;
  manifest: Manifest | undefined;
  /** Bytes that the archive may have, by what is known of it. */
  expected = SLACK;

  /** Without a folder, only the manifest is read. */
  constructor(key: string, folder: string | undefined) {
    this.#key = key;
    this.#folder = folder;
  }

  get done(): boolean {
    return this.#folder === undefined && this.manifest !== undefined;
  }

  /** Throws what was wrong with a member: within the parser nobody would catch it. */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  see(entry: ReadEntry): void {
    if (this.#fault !== undefined) entry.resume();
    else
      this.#guard(() => {
        this.#take(entry);
      });
  }

  #guard(work: () => void): void {
    try {
      if (this.#fault === undefined) work();
    } catch (error) {
      this.#fault = error as Error;
    }
  }

  #take(entry: ReadEntry): void {
    if (entry.type !== "File") throw strange(`holds a ${entry.type}`);
    if (this.manifest === undefined) this.#takeManifest(entry);
    else if (this.#folder === undefined) entry.resume();
    else this.#takeContent(entry, this.#folder);
  }

  whole(): Unpacked {
    const { manifest } = this;
    if (manifest === undefined) throw strange("holds no manifest");
    if (this.#wanted.size > 0) throw strange(`lacks ${String(this.#wanted.size)} of its contents`);
    return { manifest, files: this.#files, remove: () => this.remove() };
  }

  async remove(): Promise<void> {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
    for (const file of this.#files.values()) await rm(file, { force: true });
  }

  #takeManifest(entry: ReadEntry): void {
    if (entry.path !== manifestName(this.#key)) throw strange(`begins with ${JSON.stringify(entry.path)}`);
    if (entry.size > MOST_MANIFEST) throw strange(`has a manifest of ${String(entry.size)} bytes`);
    this.expected += entry.size + FRAME;
    const chunks: Buffer[] = [];
    entry.on("data", (chunk: Buffer) => chunks.push(chunk));
    entry.on("end", () => {
      this.#guard(() => {
        const manifest = decodeManifest(Buffer.concat(chunks).toString(), this.#key);
        checkIngredients(manifest);
        this.#wanted = new Map(contentsOf(manifest));
        const size = [...this.#wanted.values()].reduce((sum, one) => sum + one, 0);
        if (size > MOST_BYTES)
          throw strange(`has ${String(size)} bytes, more than the ${MOST_BYTES} that are taken`);
        this.expected += size + this.#wanted.size * FRAME;
        this.manifest = manifest;
      });
    });
  }

  #takeContent(entry: ReadEntry, folder: string): void {
    const digest = `sha256:${entry.path.slice(entry.path.lastIndexOf("/") + 1)}`;
    const size = this.#wanted.get(digest);
    if (size === undefined || entry.path !== contentName(digest))
      throw strange(`holds ${JSON.stringify(entry.path)}, which its manifest does not name`);
    if (entry.size !== size) throw strange(`holds ${digest} in another size than its manifest says`);
    this.#wanted.delete(digest);
    const file = draftPath(folder);
    const open: Open = { digest, fd: openSync(file, "wx"), sum: createHash("sha256") };
    this.#files.set(digest, file);
    this.#open = open;
    entry.on("data", (chunk: Buffer) => {
      this.#guard(() => {
        open.sum.update(chunk);
        for (let done = 0; done < chunk.length;) done += writeSync(open.fd, chunk, done);
      });
    });
    entry.on("end", () => {
      this.#guard(() => {
        closeSync(open.fd);
        this.#open = undefined;
        if (`sha256:${open.sum.digest("hex")}` !== digest)
          throw strange(`holds ${digest} with another content`);
      });
    });
  }
}

function strange(what: string): CacheFault {
  return new CacheFault(`the entry ${what}`);
}
