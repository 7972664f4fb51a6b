import { join } from "node:path";
import type { Plan, PlanNode } from "../../model/index.ts";
import { reasonOf } from "../fault.ts";
import { Digests } from "./digests.ts";
import { readGlobs, type Globs } from "./globs.ts";
import { listFiles, type Listing, type ListingSource } from "./listing.ts";
import { Moments } from "./moments.ts";
import { StatCache } from "./stat-cache.ts";

/** The files that a node's `inputs` mean. */
export interface Inputs {
  /** By path, in order: see `factOf`. */
  readonly files: ReadonlyMap<string, string>;
  /** Globs that mean no file. */
  readonly idle: readonly string[];
}

/** What is known of the root's files in one run. Listed once, and again only for a node before which a job has run. */
export class InputFiles {
  readonly #source: ListingSource;
  readonly #digests: Digests;
  readonly #stats: StatCache;
  readonly #moments: Moments;
  readonly #globs = new Map<string, Promise<Globs>>();
  #listed: { readonly moment: number; readonly listing: Promise<Listing> } | undefined;

  private constructor(source: ListingSource, plan: Plan, stats: StatCache) {
    this.#source = source;
    this.#stats = stats;
    this.#digests = new Digests(source.root, stats);
    this.#moments = new Moments(plan);
  }

  static async open(source: ListingSource, plan: Plan): Promise<InputFiles> {
    return new InputFiles(source, plan, await StatCache.open(statFile(source.stateDir)));
  }

  /** The node has run, or files were put in place for it. */
  wrote(node: PlanNode): void {
    this.#moments.wrote(node);
  }

  /** @throws CacheFault where the files cannot be told or read */
  async inputs(node: PlanNode): Promise<Inputs> {
    const moment = this.#moments.since(node);
    const now = this.#moments.now;
    const [listing, globs] = await Promise.all([this.#list(moment), this.#read(node.cache?.inputs ?? [])]);
    let paths = globs.select(listing.paths);
    const artifacts = Object.values(node.artifacts).flat();
    if (artifacts.length > 0) {
      // What the job itself leaves is no input of it; but a file that git tracks was written by people.
      const own = await this.#read(artifacts);
      paths = paths.filter((path) => !(listing.isUntracked(path) && own.test(path)));
    }
    return { files: await this.#digests.of(paths, moment, now), idle: globs.idle(listing.paths) };
  }

  /** The paths of `before` that are not what they were. */
  async changed(before: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const now = await this.facts([...before.keys()]);
    return [...before].filter(([path, fact]) => now.get(path) !== fact).map(([path]) => path);
  }

  /** What stands at the paths at this moment; those at which no file stands are left out. */
  async facts(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return await this.#digests.of(paths, Number.POSITIVE_INFINITY, this.#moments.now);
  }

  /** Globs read once, for all nodes that have the same. */
  async globs(globs: readonly string[]): Promise<Globs> {
    return await this.#read(globs);
  }

  /** Keeps the digests for the next run. Gives a warning where that fails. */
  async save(): Promise<string | undefined> {
    try {
      const listing = await this.#listed?.listing;
      const there = new Set(listing?.paths);
      await this.#stats.save((path) => listing === undefined || there.has(path));
      return undefined;
    } catch (error) {
      return `the digests of files could not be kept, so they are read again next time: ${reasonOf(error)}`;
    }
  }

  #list(moment: number): Promise<Listing> {
    if (this.#listed === undefined || this.#listed.moment < moment) {
      this.#listed = { moment: this.#moments.now, listing: listFiles(this.#source) };
    }
    return this.#listed.listing;
  }

  #read(globs: readonly string[]): Promise<Globs> {
    const key = globs.join("\0");
    let read = this.#globs.get(key);
    if (read === undefined) this.#globs.set(key, (read = readGlobs(globs)));
    return read;
  }
}

function statFile(stateDir: string): string {
  return join(stateDir, "cache", "files.json");
}
