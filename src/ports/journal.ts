import type { Artifact, Json, Plan, RunEvent } from "../model/index.ts";

/** Where runs are kept. */
export interface RunStore {
  /** For messages: the folder or address. */
  readonly location: string;
  /** Opens a new run; throws `STATE_UNWRITABLE` before anything has run. */
  create(run: string, plan: Plan): Promise<RunRecorder>;
  /** Opens a run that is there for one more process. Throws `RUN_UNKNOWN`. */
  append(run: string): Promise<RunRecorder>;
  /** What nodes left in an earlier run: outputs and artifacts by node id. Throws `RUN_UNKNOWN`, `STATE_CORRUPT`. */
  read(run: string): Promise<RecordedRun>;
  /** Ids, the newest first. */
  list(): Promise<readonly string[]>;
  readonly artifacts: ArtifactStore;
}

/** One run being written. */
export interface RunRecorder {
  /** Takes an event, in order. Costs no wait; a fault shows at the next {@link RunRecorder.commit}. */
  append(event: RunEvent): void;
  /** Resolves when everything appended so far is durable; `undefined` where it already is. Throws `STATE_UNWRITABLE`. */
  commit(): Promise<void> | undefined;
  /** The node's log file. */
  log(node: string): LogSink;
  close(): Promise<void>;
}

export interface LogSink {
  write(chunk: Uint8Array): void | Promise<void>;
  close(): void | Promise<void>;
}

export interface RecordedRun {
  readonly run: string;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly outputs: ReadonlyMap<string, Json | undefined>;
  readonly artifacts: ReadonlyMap<string, readonly Artifact[]>;
}

/** Files by content. */
export interface ArtifactStore {
  /** Reads, hashes and keeps the files that the globs match below `root`. Throws `ARTIFACT_MISSING` where none does. */
  save(name: string, globs: readonly string[], root: string): Promise<Artifact>;
  /** Writes the files below `folder`, verified. Throws `ARTIFACT_CORRUPT`. */
  restore(artifact: Artifact, folder: string): Promise<void>;
}

/** Values that outlive runs and are replaced by the last run that passed. */
export interface BaselineStore {
  get(key: string): Promise<Json | undefined>;
  set(values: ReadonlyMap<string, Json>): Promise<void>;
}
