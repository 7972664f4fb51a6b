import { lstatSync, type BigIntStats } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { codeOf } from "../../errors/index.ts";
import { CacheFault, reasonOf } from "../fault.ts";
import { hashFile, identityOf } from "./hash-file.ts";
import type { StatCache } from "./stat-cache.ts";

/** Files read at the same time. */
const AT_ONCE = 8;
/** Milliseconds for which this thread may look at files without letting others have a turn. */
const TURN = 8;
/** Milliseconds; a file that was touched less than this before it was read is read again next time. */
const RACY = 2_000;

interface Known {
  /** The count of {@link Moments} at which it was looked at last. */
  moment: number;
  readonly identity: string;
  readonly fact: string;
  /** Whether an equal identity proves an equal content. */
  readonly settled: boolean;
}

/** Digests of the root's files. Each content is read once in a run, and not at all where the stat cache knows it. */
export class Digests {
  readonly #root: string;
  readonly #racy: bigint;
  readonly #stats: StatCache;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, { readonly moment: number; readonly fact: Promise<string> }>();
  /** How many files were read, for tests and profiles. */
  read = 0;

  constructor(root: string, stats: StatCache, racy = RACY) {
    this.#racy = BigInt(racy);
    this.#root = root;
    this.#stats = stats;
  }

  /**
   * By path, the fact of each that is there, see `factOf`; as it was at `moment` or later.
   *
   * @throws CacheFault where one cannot be read
   */
  async of(paths: readonly string[], moment: number, now: number): Promise<Map<string, string>> {
    const facts = new Map<string, string>();
    const unknown: [string, BigIntStats][] = [];
    let turn = performance.now();
    for (const path of paths) {
      const known = this.#known.get(path);
      if (known !== undefined && known.moment >= moment) {
        facts.set(path, known.fact);
        continue;
      }
      const info = this.#look(path);
      if (info === undefined) continue;
      const fact = this.#recall(path, identityOf(info), known, now);
      // Keeps the order of the paths; what is unknown is filled in below.
      facts.set(path, fact ?? "");
      if (fact === undefined) unknown.push([path, info]);
      if (performance.now() - turn > TURN) {
        await new Promise(setImmediate);
        turn = performance.now();
      }
    }
    if (unknown.length > 0) await this.#readAll(unknown, moment, now, facts);
    return facts;
  }

  #look(path: string): BigIntStats | undefined {
    let info: BigIntStats | undefined;
    try {
      info = lstatSync(join(this.#root, path), { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      if (codeOf(error) !== "ENOTDIR")
        throw new CacheFault(`${path} cannot be looked at: ${reasonOf(error)}`);
    }
    // Git lists files that were removed; a name that is no UTF-8 must not pass for one.
    if (info === undefined && path.includes("\uFFFD"))
      throw new CacheFault(`the name of ${path} is not UTF-8`);
    return info?.isFile() === true || info?.isSymbolicLink() === true ? info : undefined;
  }

  #recall(path: string, identity: string, known: Known | undefined, now: number): string | undefined {
    if (known?.settled === true && known.identity === identity) {
      known.moment = now;
      return known.fact;
    }
    const fact = this.#stats.get(path, identity);
    if (fact !== undefined) this.#known.set(path, { moment: now, identity, fact, settled: true });
    return fact;
  }

  async #readAll(
    files: readonly (readonly [string, BigIntStats])[],
    moment: number,
    now: number,
    facts: Map<string, string>,
  ): Promise<void> {
    let next = 0;
    const reader = async (): Promise<void> => {
      for (let file = files[next++]; file !== undefined; file = files[next++]) {
        const [path, info] = file;
        const under = this.#reading.get(path);
        const fact =
          under !== undefined && under.moment >= moment ? under.fact : this.#begin(path, info, now);
        facts.set(path, await fact);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, reader));
  }

  /** Two jobs that ask for one file at the same time share the reading of it. */
  #begin(path: string, info: BigIntStats, now: number): Promise<string> {
    const fact = this.#read(path, info, now).finally(() => {
      this.#reading.delete(path);
    });
    this.#reading.set(path, { moment: now, fact });
    return fact;
  }

  async #read(path: string, found: BigIntStats, now: number): Promise<string> {
    const began = BigInt(Date.now());
    this.read++;
    try {
      const { info, fact } = await hashFile(join(this.#root, path), found);
      const identity = identityOf(info);
      const touched = info.mtimeMs > info.ctimeMs ? info.mtimeMs : info.ctimeMs;
      const settled = touched < began - this.#racy;
      if (settled) this.#stats.set(path, identity, fact);
      this.#known.set(path, { moment: now, identity, fact, settled });
      return fact;
    } catch (error) {
      if (error instanceof CacheFault) throw error;
      throw new CacheFault(`${path} cannot be read: ${reasonOf(error)}`);
    }
  }
}
