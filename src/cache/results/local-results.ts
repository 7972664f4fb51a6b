import { readFileSync, statSync, utimesSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import { CacheFault } from "../fault.ts";
import { readFacts, type Facts } from "../key/facts.ts";
import { Content } from "./content.ts";
import { writeWhole } from "./draft.ts";
import { factsName, manifestName, resultsFolder } from "./layout.ts";
import { decodeManifest, encodeManifest, type Manifest } from "./manifest.ts";

/** Milliseconds; that an entry was used is noted no more often than this. */
const NOTED_EVERY = 3_600_000;

/** Results on this machine, one manifest for each key. Its time of change says when it was used last. */
export class LocalResults {
  readonly folder: string;
  readonly content: Content;

  constructor(stateDir: string) {
    this.folder = resultsFolder(stateDir);
    this.content = new Content(this.folder);
  }

  /**
   * The manifest under a key; `undefined` where there is none.
   *
   * @throws CacheFault where it is damaged
   */
  read(key: string): Manifest | undefined {
    let text: string;
    try {
      // One short file for each job: waiting for another thread would take longer than reading does.
      text = readFileSync(this.#manifest(key), "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    return decodeManifest(text, key);
  }

  /** Notes that an entry was used. */
  use(key: string): void {
    try {
      const path = this.#manifest(key);
      const now = Date.now();
      if (now - statSync(path).mtimeMs > NOTED_EVERY) utimesSync(path, new Date(now), new Date(now));
    } catch {
      // A folder that can only be read keeps its times; a result that it holds is as good.
    }
  }

  /** Keeps a manifest whose contents are kept already. The manifest comes last, so that it never names what is not there. */
  async put(manifest: Manifest, facts: Facts | undefined): Promise<void> {
    const { key } = manifest;
    if (facts !== undefined)
      await writeWhole(this.folder, join(this.folder, factsName(key)), JSON.stringify(facts));
    await writeWhole(this.folder, this.#manifest(key), encodeManifest(manifest));
  }

  /** What a key was made from; `undefined` where that is not known any more. */
  async facts(key: string): Promise<Facts | undefined> {
    try {
      const text = await readFile(join(this.folder, factsName(key)), "utf8");
      return readFacts(JSON.parse(text), (problem) => new CacheFault(problem));
    } catch {
      // It only serves to say what has changed.
      return undefined;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#manifest(key), { force: true });
    await rm(join(this.folder, factsName(key)), { force: true });
  }

  #manifest(key: string): string {
    return join(this.folder, manifestName(key));
  }
}
