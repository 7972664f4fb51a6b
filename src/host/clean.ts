import type { Pipeline } from "../builder/index.ts";
import { pruneResults, type PrunedResults } from "../cache/results/prune.ts";
import { codeOf, isSluiceError } from "../errors/index.ts";
import type { RecordedState, RunStore, Swept } from "../ports/index.ts";
import { digestsInUse, StoredFiles, type DigestsInUse } from "./clean/digests.ts";
import { TargetHolds } from "./clean/holds.ts";
import { retentionOf, type RetentionOptions } from "./clean/retention.ts";
import { Sizes } from "./clean/sizes.ts";
import { inProgress, survey, type DueRun } from "./clean/survey.ts";
import { foldersOf, openStore, type StateOptions } from "./store.ts";

/** Milliseconds; a file that was stored less than this ago may belong to a run that has not yet said so. */
const JUST_STORED = 3_600_000;
/** Milliseconds for which summaries are kept, which are small, and are what figures over many runs are made from. */
const SUMMARIES_FOR = 365 * 86_400_000;

export interface CleanOptions extends StateOptions, RetentionOptions {
  /** Only say what would go. @defaultValue false */
  readonly dryRun?: boolean;
  /** For targets whose names or places depend on params: tried where those of a run do not fit any more. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Whoever needs files of artifacts besides the recorded runs. */
  readonly inUse?: readonly DigestsInUse[];
}

/** What {@link cleanRuns} did, or with `dryRun` would do. */
export interface Cleaned {
  readonly dryRun: boolean;
  /** The oldest first. */
  readonly removed: readonly RemovedRun[];
  /** Runs that were to go and are needed. */
  readonly kept: readonly { readonly run: string; readonly why: string }[];
  /** Files of artifacts that no run needs any more. */
  readonly artifacts: Swept;
  /** Summaries of runs that began more than a year ago. */
  readonly summaries: number;
  /** Cached results on this machine that were not used for as long as runs are kept. */
  readonly cache: PrunedResults;
  /** What could not be done, in words. Everything else was done. */
  readonly faults: readonly string[];
}

export interface RemovedRun {
  readonly run: string;
  readonly state: RecordedState;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** Its journal, Plan and logs. */
  readonly bytes: number;
  readonly why: string;
}

export async function cleanRuns(pipe: Pipeline, options: CleanOptions): Promise<Cleaned> {
  const retention = retentionOf(options);
  const store = await openStore(pipe, options);
  return await new Cleaning(pipe, options, store).clean(retention);
}

class Cleaning {
  readonly #options: CleanOptions;
  readonly #pipeline: string;
  readonly #store: RunStore;
  readonly #stored: StoredFiles;
  readonly #stateDir: string;
  readonly #holds: TargetHolds;
  readonly #removed: RemovedRun[] = [];
  readonly #kept: { run: string; why: string }[] = [];
  readonly #faults: string[] = [];

  constructor(pipe: Pipeline, options: CleanOptions, store: RunStore) {
    this.#options = options;
    this.#pipeline = pipe.name;
    this.#store = store;
    this.#stored = new StoredFiles(store);
    this.#stateDir = foldersOf(pipe, options).stateDir;
    this.#holds = new TargetHolds(pipe, options, this.#stateDir);
  }

  async clean(retention: ReturnType<typeof retentionOf>): Promise<Cleaned> {
    const now = Date.now();
    const { runs, unreadable } = await survey(this.#store, this.#pipeline, retention, now);
    for (const [run, why] of unreadable) this.#faults.push(`run ${run} cannot be read and stays: ${why}`);
    const oldestFirst = runs.toReversed();
    for (const one of oldestFirst) if (one.due !== undefined) await this.#consider(one, one.due);
    if (retention.bytes !== undefined) await this.#fit(oldestFirst, retention.bytes);
    const artifacts = await this.#sweep(unreadable.size > 0, now);
    const summaries = await this.#pruneSummaries(now - SUMMARIES_FOR);
    const { dryRun = false } = this.#options;
    const pruned = await this.#try("cache", () =>
      pruneResults(this.#stateDir, now - retention.openFor, dryRun),
    );
    return {
      dryRun,
      removed: this.#removed,
      kept: this.#kept,
      artifacts,
      summaries,
      cache: pruned?.value ?? { results: 0, bytes: 0 },
      faults: this.#faults,
    };
  }

  /** Removes the oldest until the rest takes no more than `most` bytes. */
  async #fit(oldestFirst: readonly DueRun[], most: number): Promise<void> {
    const gone = new Set(this.#removed.map(({ run }) => run));
    const seen = new Set([...gone, ...this.#kept.map(({ run }) => run)]);
    const sizes = new Sizes();
    for (const { glance } of oldestFirst) {
      if (!gone.has(glance.run))
        await this.#try(glance.run, () => sizes.add(glance.run, this.#store, this.#stored));
    }
    for (const one of oldestFirst) {
      if (sizes.total <= most) return;
      const { run } = one.glance;
      if (seen.has(run)) continue;
      if (await this.#consider(one, "together they take too much")) sizes.drop(run);
    }
  }

  /** Removes a run that is due, unless it is needed. Says whether it went. */
  async #consider(one: DueRun, why: string): Promise<boolean> {
    const { run, state } = one.glance;
    const outcome = await this.#try(run, async () => {
      const needed = one.needed ?? (await this.#holds.whyHeld(await this.#store.read(run)));
      if (needed !== undefined) return needed;
      const bytes = await this.#store.size(run);
      const stays = this.#options.dryRun === true ? undefined : await this.#remove(run);
      if (stays === undefined) this.#removed.push({ run, state, endedAt: one.endedAt, bytes, why });
      return stays;
    });
    if (outcome?.value !== undefined) this.#kept.push({ run, why: outcome.value });
    return outcome !== undefined && outcome.value === undefined;
  }

  /** Gives why the run stays after all. */
  async #remove(run: string): Promise<string | undefined> {
    const lock = await this.#store.lock(run);
    try {
      // Nobody can take it now; somebody may have before.
      const stays = inProgress(await this.#store.glance(run));
      if (stays === undefined) await this.#store.remove(run);
      return stays;
    } finally {
      await lock.release().catch(() => undefined);
    }
  }

  async #sweep(isBlind: boolean, now: number): Promise<Swept> {
    const { dryRun = false, inUse = [] } = this.#options;
    const none = { files: 0, bytes: 0 };
    if (isBlind) {
      this.#faults.push("artifacts stay, since what cannot be read may need them");
      return none;
    }
    const gone = new Set(this.#removed.map(({ run }) => run));
    const swept = await this.#try("artifacts", async () => {
      // Asked again: runs may have begun meanwhile.
      const runs = (await this.#store.list()).filter((run) => !gone.has(run));
      const digests = await digestsInUse(runs, this.#stored, inUse);
      return await this.#store.artifacts.sweep(digests, now - JUST_STORED, dryRun);
    });
    return swept?.value ?? none;
  }

  async #pruneSummaries(before: number): Promise<number> {
    const { summaries } = this.#store;
    const pruned = await this.#try("summaries", async () => {
      if (this.#options.dryRun !== true) return await summaries.prune(before);
      let count = 0;
      for await (const { startedAt } of summaries.read()) if (startedAt < before) count += 1;
      return count;
    });
    return pruned?.value ?? 0;
  }

  /** A fault in one thing leaves the others to be done. */
  async #try<T>(what: string, work: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await work() };
    } catch (error) {
      if (!isSluiceError(error) && codeOf(error) === undefined) throw error;
      const { code, message } = error as { code: string; message: string };
      if (code === "RUN_BUSY") this.#kept.push({ run: what, why: message });
      else if (code !== "RUN_UNKNOWN") this.#faults.push(`${what}: ${message}`);
      return undefined;
    }
  }
}
