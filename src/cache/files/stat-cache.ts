import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { sha256 } from "../../util/canonical-json.ts";

const HEAD = "sluice-files 1 ";

/**
 * The digests of files by what `lstat` says of them, kept between runs, so that a file that nobody has touched is not
 * read again. A file that was touched in the last moments before it was read is not entered: on many file systems a
 * write right after would leave the same times (git calls such entries racily clean).
 */
export class StatCache {
  readonly #file: string;
  #entries = new Map<string, readonly [identity: string, fact: string]>();
  #dirty = false;

  private constructor(file: string) {
    this.#file = file;
  }

  /** What an earlier run has left; nothing where it cannot be read or is damaged: then every file is read. */
  static async open(file: string): Promise<StatCache> {
    const cache = new StatCache(file);
    const text = await readFile(file, "utf8").catch(() => "");
    const end = text.indexOf("\n");
    if (!text.startsWith(HEAD) || end === -1) return cache;
    const body = text.slice(end + 1);
    if (sha256(body) !== text.slice(HEAD.length, end)) return cache;
    const entries = JSON.parse(body) as [string, string, string][];
    cache.#entries = new Map(entries.map(([path, identity, fact]) => [path, [identity, fact]]));
    return cache;
  }

  get(path: string, identity: string): string | undefined {
    const known = this.#entries.get(path);
    return known?.[0] === identity ? known[1] : undefined;
  }

  set(path: string, identity: string, fact: string): void {
    this.#entries.set(path, [identity, fact]);
    this.#dirty = true;
  }

  /** Writes it, without the files that `isThere` does not know. Of two runs that do so at once, one wins. */
  async save(isThere: (path: string) => boolean): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    const entries = [...this.#entries].filter(([path]) => isThere(path));
    const body = JSON.stringify(entries.map(([path, [identity, fact]]) => [path, identity, fact]));
    const draft = `${this.#file}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      await mkdir(dirname(this.#file), { recursive: true });
      await writeFile(draft, `${HEAD}${sha256(body)}\n${body}`, { flag: "wx" });
      await rename(draft, this.#file);
    } finally {
      await rm(draft, { force: true });
    }
  }
}
