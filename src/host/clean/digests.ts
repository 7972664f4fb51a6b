import type { ArtifactFile, RunEvent } from "../../model/index.ts";
import type { RunStore } from "../../ports/index.ts";

/** Digests (`sha256:<hex>`) of artifacts' files that something besides the recorded runs needs, a cache for example. */
export type DigestsInUse = () => AsyncIterable<string> | Iterable<string> | Promise<Iterable<string>>;

/** What the runs have stored, each run read once. */
export class StoredFiles {
  readonly #store: RunStore;
  readonly #known = new Map<string, readonly ArtifactFile[]>();

  constructor(store: RunStore) {
    this.#store = store;
  }

  /** Every file of every artifact of a run, those of attempts that failed later too. Throws as {@link RunStore.read}. */
  async of(run: string): Promise<readonly ArtifactFile[]> {
    const known = this.#known.get(run);
    if (known !== undefined) return known;
    const { events, owner } = await this.#store.read(run);
    const files = events.flatMap(filesIn);
    if (owner === undefined) this.#known.set(run, files);
    return files;
  }
}

function filesIn(event: RunEvent): readonly ArtifactFile[] {
  if (event.type === "artifact.stored") return event.artifact.files;
  return event.type === "node.succeeded" ? (event.artifacts ?? []).flatMap(({ files }) => files) : [];
}

/** All digests that the runs and the others need. Rejects where one cannot say: then nothing may be swept. */
export async function digestsInUse(
  runs: readonly string[],
  stored: StoredFiles,
  others: readonly DigestsInUse[],
): Promise<Set<string>> {
  const digests = new Set<string>();
  for (const run of runs) for (const { digest } of await stored.of(run)) digests.add(digest);
  for (const other of others) for await (const digest of await other()) digests.add(digest);
  return digests;
}
