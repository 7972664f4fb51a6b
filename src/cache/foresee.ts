import type { CacheRequest } from "../ports/index.ts";
import { reasonOf } from "./fault.ts";
import { gather, type Gathered } from "./key/gather.ts";
import type { ResultParts } from "./open-results.ts";
import { whyMissed } from "./result-cache.ts";
import type { Manifest } from "./results/manifest.ts";

/** What a lookup would find now. */
export type Foreseen =
  | { readonly kind: "hit"; readonly where: "local" | "remote"; readonly manifest: Manifest }
  | { readonly kind: "miss"; readonly reason: string }
  /** A job that runs before makes files that it reads. */
  | { readonly kind: "open"; readonly after: string };

/**
 * Foretells what a run would take from the cache, node by node in the order of the Plan. Reads only: nothing is put in
 * place, removed or noted.
 */
export class Foresight {
  readonly #parts: ResultParts;
  /** What stands where once the results that were foreseen are in place. */
  readonly #restored = new Map<string, string>();
  /** Artifacts of nodes that will run. */
  readonly #made: { readonly node: string; readonly globs: readonly string[] }[] = [];

  constructor(parts: ResultParts) {
    this.#parts = parts;
  }

  async of(request: Pick<CacheRequest, "node" | "spec" | "upstream">): Promise<Foreseen> {
    const { files, keys, last, local } = this.#parts;
    try {
      const inputs = {
        inputs: async (node: CacheRequest["node"]) => {
          const found = await files.inputs(node);
          const after = [...found.files].map(
            ([path, fact]) => [path, this.#restored.get(path) ?? fact] as const,
          );
          return { ...found, files: new Map(after) };
        },
      };
      const gathered = await gather(request, { ...keys, files: inputs });
      const maker = await this.#makerOf(gathered.files.keys());
      if (maker !== undefined) return { kind: "open", after: maker };
      const found = await this.#find(gathered);
      if (found === undefined) {
        const { key, facts } = gathered;
        const before = last.get(request.node.id);
        return { kind: "miss", reason: await whyMissed(key, facts, before, (old) => local.facts(old)) };
      }
      for (const { path, digest, executable } of found.manifest.artifacts.flatMap((one) => one.files))
        this.#restored.set(path, `${executable ? "x" : "f"}:${digest.slice("sha256:".length)}`);
      return found;
    } catch (error) {
      return { kind: "miss", reason: reasonOf(error) };
    }
  }

  /** The node will run, so that what it makes is not known yet. */
  runs(node: CacheRequest["node"]): void {
    const globs = Object.values(node.artifacts).flat();
    if (globs.length > 0) this.#made.push({ node: node.id, globs });
  }

  /** Whether the node will run and leave artifacts. */
  makes(node: string): boolean {
    return this.#made.some((one) => one.node === node);
  }

  /** What the remote cache had to complain about. */
  warnings(): readonly string[] {
    return this.#parts.remote?.warnings() ?? [];
  }

  async #makerOf(paths: Iterable<string>): Promise<string | undefined> {
    if (this.#made.length === 0) return undefined;
    const read = [...paths];
    for (const { node, globs } of this.#made) {
      const made = await this.#parts.files.globs(globs);
      if (read.some((path) => made.test(path))) return node;
    }
    return undefined;
  }

  async #find({ key }: Gathered): Promise<Extract<Foreseen, { kind: "hit" }> | undefined> {
    const here = this.#parts.local.read(key);
    if (here !== undefined) return { kind: "hit", where: "local", manifest: here };
    const there = await this.#parts.remote?.peek(key);
    return there === undefined ? undefined : { kind: "hit", where: "remote", manifest: there };
  }
}
