import { join } from "node:path";
import type { PlanNode } from "../model/index.ts";
import type { ArtifactStore, CacheAnswer, CacheEntry, CacheRequest, NodeCache } from "../ports/index.ts";
import { chunks } from "./chunks.ts";
import { CacheFault, reasonOf } from "./fault.ts";
import { differences, inWords } from "./key/difference.ts";
import type { InputFiles } from "./files/input-files.ts";
import { gather, type Gathered, type KeySource } from "./key/gather.ts";
import type { RemoteResults } from "./remote-results.ts";
import { putInPlace } from "./results/draft.ts";
import type { LastKeys } from "./results/last-keys.ts";
import type { LocalResults } from "./results/local-results.ts";
import { contentsOf, MANIFEST_VERSION, type Manifest } from "./results/manifest.ts";
import { restoreArtifacts } from "./results/restore.ts";
import { Warnings } from "./warnings.ts";

/** What a {@link ResultCache} works with. */
export interface ResultCacheParts {
  readonly root: string;
  readonly files: InputFiles;
  readonly keys: KeySource;
  readonly local: LocalResults;
  readonly last: LastKeys;
  readonly remote: RemoteResults | undefined;
  readonly artifacts: ArtifactStore;
  readonly logs: NodeLogs;
  /** Whether kept results are used; they are kept in any case. */
  readonly use: boolean;
}

/** What the nodes of the run have printed. */
export interface NodeLogs {
  /** Bytes so far. */
  size(node: string): number;
  read(node: string, from: number): AsyncIterable<Uint8Array>;
}

/** A job that was looked up and is being run. */
interface Pending {
  readonly gathered: Gathered;
  /** Where in the node's log this attempt begins. */
  readonly logFrom: number;
}

type Hit = Extract<CacheAnswer, { hit: true }>;

/** Results of jobs by key: first those on this machine, then those of a remote cache. */
export class ResultCache implements NodeCache {
  readonly #parts: ResultCacheParts;
  readonly #warnings = new Warnings();
  readonly #pending = new Map<string, Pending>();

  constructor(parts: ResultCacheParts) {
    this.#parts = parts;
  }

  async lookup(request: CacheRequest): Promise<CacheAnswer> {
    const { node } = request;
    let key: string | undefined;
    try {
      const gathered = await gather(request, this.#parts.keys);
      key = gathered.key;
      for (const warning of gathered.warnings) this.#warnings.add(warning);
      const found = this.#parts.use ? await this.#find(node, gathered) : undefined;
      if (found !== undefined) return { ...found, ...this.#warnings.take() };
      this.#pending.set(node.id, { gathered, logFrom: this.#parts.logs.size(node.id) });
      const reason = this.#parts.use ? await this.#whyNot(node, gathered) : "asked to run again";
      return { hit: false, key, reason, ...this.#warnings.take() };
    } catch (error) {
      const why = reasonOf(error);
      this.#warnings.add(`${node.id} is not looked up in the cache: ${why}`);
      return { hit: false, reason: why, ...this.#warnings.take() };
    }
  }

  ran(node: PlanNode): void {
    this.#parts.files.wrote(node);
  }

  async keep(key: string, entry: CacheEntry): Promise<string | undefined> {
    const pending = this.#pending.get(entry.node.id);
    this.#pending.delete(entry.node.id);
    if (pending?.gathered.key !== key) return undefined;
    try {
      await this.#keep(pending, entry);
    } catch (error) {
      this.#warnings.add(`what ${entry.node.id} left is not kept in the cache: ${reasonOf(error)}`);
    }
    return this.#warnings.take().warning;
  }

  async close(): Promise<readonly string[]> {
    const { remote, last, files } = this.#parts;
    await remote?.close();
    for (const warning of remote?.warnings() ?? []) this.#warnings.add(warning);
    const unsaved = await files.save();
    if (unsaved !== undefined) this.#warnings.add(unsaved);
    await last.save().catch((error: unknown) => {
      this.#warnings.add(`what was kept last could not be noted: ${reasonOf(error)}`);
    });
    return this.#warnings.all();
  }

  async #find(node: PlanNode, gathered: Gathered): Promise<Hit | undefined> {
    const { key } = gathered;
    const local = await this.#tryUse(node, key, "local");
    if (local !== undefined) return local;
    const unpacked = await this.#parts.remote?.fetch(key);
    for (const warning of this.#parts.remote?.warnings() ?? []) this.#warnings.add(warning);
    if (unpacked === undefined) return undefined;
    try {
      for (const [digest, file] of unpacked.files)
        await putInPlace(file, this.#parts.local.content.path(digest));
      await this.#parts.local.put(unpacked.manifest, gathered.facts);
    } finally {
      await unpacked.remove();
    }
    return await this.#tryUse(node, key, "remote");
  }

  /** Takes an entry out, verified; one that is damaged is removed, so that the job makes it anew. */
  async #tryUse(node: PlanNode, key: string, where: Hit["where"]): Promise<Hit | undefined> {
    const { local, files, root, last, artifacts: store } = this.#parts;
    let manifest: Manifest | undefined;
    try {
      manifest = local.read(key);
      if (manifest === undefined) return undefined;
      const place = { root, drafts: local.folder, content: local.content, files };
      const log = manifest.log === undefined ? chunks() : await local.content.read(manifest.log);
      if (await restoreArtifacts(manifest.artifacts, node, place)) files.wrote(node);
      // A deploy, and whoever goes on with the run, reads them there.
      for (const artifact of manifest.artifacts)
        await store.adopt(artifact, (digest, file) => local.content.linkTo(digest, file));
      local.use(key);
      last.set(node.id, key);
      const { run, took, output, artifacts } = manifest;
      return { hit: true, key, where, run, output, artifacts, log, took };
    } catch (error) {
      this.#warnings.add(`the result that is kept for ${node.id} is not used: ${reasonOf(error)}`);
      if (error instanceof CacheFault) await this.#drop(key, manifest);
      return undefined;
    }
  }

  /** Removes an entry with those of its contents that are damaged: others may be named by other entries. */
  async #drop(key: string, manifest: Manifest | undefined): Promise<void> {
    const { local } = this.#parts;
    try {
      await local.remove(key);
      if (manifest === undefined) return;
      for (const digest of contentsOf(manifest).keys()) await local.content.removeDamaged(digest);
    } catch (error) {
      this.#warnings.add(`the damaged result ${key} could not be removed: ${reasonOf(error)}`);
    }
  }

  async #whyNot(node: PlanNode, { key, facts }: Gathered): Promise<string> {
    const { local, last } = this.#parts;
    return await whyMissed(key, facts, last.get(node.id), (before) => local.facts(before));
  }

  async #keep({ gathered, logFrom }: Pending, entry: CacheEntry): Promise<void> {
    const { root, local, last, files, remote, artifacts, logs } = this.#parts;
    const { key, ingredients, facts } = gathered;
    const { node, run, output, took } = entry;
    const changed = await files.changed(gathered.files);
    if (changed.length > 0) {
      const more = changed.length > 1 ? ` and ${String(changed.length - 1)} more of its inputs` : "";
      throw new CacheFault(`${changed[0] ?? ""}${more} changed while it ran`);
    }
    for (const { files: made } of entry.artifacts) {
      for (const { path, digest } of made)
        await local.content.keepFile(digest, artifacts.local?.(digest), join(root, path));
    }
    const log = await local.content.keepStream(logs.read(node.id, logFrom));
    const manifest: Manifest = {
      version: MANIFEST_VERSION,
      key,
      ingredients,
      node: node.id,
      run,
      at: Date.now(),
      took,
      artifacts: entry.artifacts,
      ...(output === undefined ? {} : { output }),
      ...(log === undefined ? {} : { log }),
    };
    await local.put(manifest, facts);
    last.set(node.id, key);
    remote?.send(manifest);
  }
}

/** What differs from the last time, in words. */
export async function whyMissed(
  key: string,
  facts: Gathered["facts"],
  before: string | undefined,
  factsOf: (key: string) => Promise<Gathered["facts"] | undefined>,
): Promise<string> {
  if (before === undefined) return "never run here";
  if (before === key) return "what it left the last time is not kept any more";
  const earlier = await factsOf(before);
  const found = earlier === undefined ? [] : differences(earlier, facts);
  return found.length === 0 ? "what it left the last time is not kept any more" : inWords(found);
}
