import type { Artifact, Json, Plan, RunEvent, RunOwner, RunState, RunSummary } from "../model/index.ts";
import type { RunRecorder } from "./journal.ts";

/** Where runs are kept: a folder, or a place that several machines share. */
export interface RunStore {
  /** For messages: the folder or address. */
  readonly location: string;
  /**
   * Opens a new run, which is this process's until the recorder is closed. A run that is there already is joined, for
   * single nodes of it (`--only`), if the Plan is the same. Throws `STATE_UNWRITABLE` before anything has run.
   */
  create(run: string, plan: Plan): Promise<RunRecorder>;
  /** Opens a run that is there for one more process. Throws `RUN_UNKNOWN`. */
  append(run: string): Promise<RunRecorder>;
  /**
   * Takes a run that is there, so that no other process goes on with it. The lock of an owner that is gone is taken
   * over; with `takeOver`, also that of one on another machine, where it cannot be looked at. Throws `RUN_UNKNOWN`,
   * `RUN_BUSY`.
   */
  lock(run: string, takeOver?: boolean): Promise<RunLock>;
  /** What is on record of a run. Throws `RUN_UNKNOWN`, `STATE_CORRUPT`. */
  read(run: string): Promise<RecordedRun>;
  /** How a run stands, without reading all of it. Throws `RUN_UNKNOWN`, `STATE_CORRUPT`. */
  glance(run: string): Promise<RunGlance>;
  /** Ids, the newest first. */
  list(): Promise<readonly string[]>;
  /** What a node has printed so far, from byte `from` on; nothing where it has printed nothing. */
  log(run: string, node: string, from?: number): AsyncIterable<Uint8Array>;
  /** Bytes that a run takes, its artifacts apart. */
  size(run: string): Promise<number>;
  /** Forgets a run, its logs too; its artifacts stay until {@link ArtifactStore.sweep}. */
  remove(run: string): Promise<void>;
  readonly artifacts: ArtifactStore;
  readonly baselines: BaselineStore;
  readonly summaries: SummaryStore;
}

/** How a recorded run stands. `interrupted` is one whose process is gone without having ended it. */
export type RecordedState = RunState | "running" | "interrupted";

/** A recorded run in one line. */
export interface RunGlance {
  readonly run: string;
  readonly pipeline: string;
  readonly state: RecordedState;
  /** One sentence. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds from the first to the last event. */
  readonly duration: number;
}

/** A run taken by this process. */
export interface RunLock {
  release(): Promise<void>;
}

/** A run as its journal has it. */
export interface RecordedRun {
  readonly run: string;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  /** By node, of those that have succeeded and were not started again since. */
  readonly outputs: ReadonlyMap<string, Json | undefined>;
  readonly artifacts: ReadonlyMap<string, readonly Artifact[]>;
  /** The process that is at it now, as far as that can be told. */
  readonly owner: RunOwner | undefined;
}

/** Files by content. */
export interface ArtifactStore {
  /**
   * Reads, hashes and keeps the files that the globs match below `root`. When it resolves, they outlive the death of the
   * machine. Throws `ARTIFACT_MISSING` where none does.
   */
  save(name: string, globs: readonly string[], root: string): Promise<Artifact>;
  /**
   * Keeps the files of an artifact that an earlier run has left, as {@link ArtifactStore.save} does. `take` makes a new
   * file that holds the content of a digest, verified; it is called for what is not kept already.
   */
  adopt(artifact: Artifact, take: (digest: string, file: string) => Promise<void>): Promise<void>;
  /** The file on this machine that holds a content and is never written to; absent where contents are elsewhere. */
  readonly local?: (digest: string) => string;
  /** Writes the files below `folder`, verified. Throws `ARTIFACT_CORRUPT`. */
  restore(artifact: Artifact, folder: string): Promise<void>;
  /**
   * Forgets files whose digest is not among `keep` and that were stored before `before` (milliseconds since 1970).
   * With `dry`, only counts.
   */
  sweep(keep: ReadonlySet<string>, before: number, dry?: boolean): Promise<Swept>;
  /** Bytes of all files together. */
  size(): Promise<number>;
}

export interface Swept {
  readonly files: number;
  readonly bytes: number;
}

/** Values that outlive runs and are replaced by the last run that passed. */
export interface BaselineStore {
  get(key: string): Promise<Json | undefined>;
  set(values: ReadonlyMap<string, Json>): Promise<void>;
}

/** What is kept of each run for figures over many of them, also when the run itself has been forgotten. */
export interface SummaryStore {
  /** Replaces what was kept of the same run. */
  put(summary: RunSummary): Promise<void>;
  /** The newest first. One that cannot be read is left out and told to `onFault`. */
  read(onFault?: (message: string) => void): AsyncIterable<RunSummary>;
  /** Forgets those of runs that began before `before` (milliseconds since 1970). Gives how many. */
  prune(before: number): Promise<number>;
}

/** What a pipeline names as the place of its runs; see the `store` option of `pipeline`. */
export interface RunStoreSource {
  /** For example `s3`. */
  readonly kind: string;
  open(context: StoreContext): RunStore | Promise<RunStore>;
}

export interface StoreContext {
  /** Absolute folder of the pipeline. */
  readonly root: string;
  /** Absolute folder for what stays on this machine (`.sluice`). */
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
