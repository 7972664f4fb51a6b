import type {
  Artifact,
  ArtifactStored,
  CacheChecked,
  GateDecided,
  GateJudged,
  GateWaiting,
  Json,
  JsonObject,
  PlanNode,
  RolloutEvent,
  RunState,
  RunWarning,
  TestsReported,
} from "../model/index.ts";
import type { FolderCache } from "./cache.ts";

declare const output: unique symbol;

/**
 * What a job runs. `spec` is plain data in which refs and secrets may stand anywhere; it goes into the Plan.
 * `execute` gets it with every ref replaced by its value and every secret by a {@link ResolvedSecret}.
 * A step of your own is an object of this shape; load what is heavy inside `execute`.
 */
export interface Step<out T> {
  readonly kind: string;
  readonly spec: StepSpec;
  /** The fields of the output, where they are known before it runs: reading another one is a definition error. */
  readonly fields?: readonly string[];
  /**
   * Whether it runs although a node whose value it uses was skipped; it then sees `undefined` there. A step without
   * this is skipped too, with that reason.
   */
  readonly acceptsSkipped?: boolean;
  /** Mistakes found while the step was made, for example a value in a place where it cannot be quoted. */
  readonly problems?: readonly StepProblem[];
  /** Whether it acts on the world outside the run: such a step is never cached. @defaultValue false */
  readonly effects?: boolean;
  readonly execute: (spec: never, context: StepContext) => T | Promise<T>;
  readonly [output]?: T;
}

/** A {@link Step} that acts on the world outside: publishes, pushes, migrates. A job of it takes no `cache`. */
export interface EffectStep<out T> extends Step<T> {
  readonly effects: true;
}

/** A mistake in a step's making; the compiler reports it with the place of the job. */
export interface StepProblem {
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
}

/** Data with refs and secrets in it. */
export type StepSpec = object | string | number | boolean | null;

/** A secret's value, inside the node that named it. Prints as `***`. */
export interface ResolvedSecret {
  readonly name: string;
  reveal(): string;
}

/** What a running node sees of its run. */
export interface StepContext {
  readonly run: string;
  readonly pipeline: string;
  readonly node: PlanNode;
  /** When the run began, also where this is a later process of it: milliseconds since 1970. */
  readonly startedAt: number;
  /** Counted from 1. */
  readonly attempt: number;
  /** Absolute folder of the pipeline; relative paths of the definition start here. */
  readonly root: string;
  /** Absolute folder for state that outlives the run (`.sluice`). */
  readonly stateDir: string;
  readonly params: JsonObject;
  /** Fires when the node is to end: timeout, cancellation, an interrupted run. */
  readonly signal: AbortSignal;
  /** The variables that a child process may inherit: the documented base and the pipeline's `passEnv`. */
  readonly env: Readonly<Record<string, string>>;
  /** Process groups that must not outlive the run, whatever becomes of this process. */
  readonly processes: ProcessGuard;
  /**
   * Takes what the node prints: masks, records and shows it. Where it returns a promise, wait for it before giving
   * more; that is the back-pressure.
   */
  write(stream: "stdout" | "stderr", chunk: Uint8Array | string): void | Promise<void>;
  /** Reports progress; `node` and `at` are filled in. */
  emit(event: Progress): void;
  /** Text with every secret of the run replaced by `***`. */
  mask(text: string): string;
  /** How the run stands, for nodes of the `finally` stage; `undefined` for others. */
  readonly outcome: RunState | undefined;
  /** Copies an artifact's files below `folder`, each verified by its digest. Throws `ARTIFACT_CORRUPT`. */
  restore(artifact: Artifact, folder: string): Promise<void>;
  /** Folders that stay between runs, for package managers and compilers. */
  readonly folders: FolderCache;
  /** What this node noted in the last run that passed; see {@link Baseline}. */
  readonly baseline: Baseline;
  /** What has been decided at this node so far, in order, also in earlier processes of the run. */
  readonly decisions: readonly Decision[];
  /** Since when an earlier process of the run has waited for an answer here: milliseconds since 1970. */
  readonly waitingSince: number | undefined;
  /**
   * What this node told of its rollout in earlier processes of the run that died before they had ended the run, in order;
   * empty where there is none, and in later attempts.
   */
  readonly earlier: readonly RolloutEvent[];
  /** Resolves when all that the node has told so far is on record, also if the machine dies. Never rejects. */
  recorded(): Promise<void>;
  /** Asks the person at the terminal; `undefined` where nobody is there. An answer becomes one of the decisions. */
  ask(question: Question): Promise<Answer | undefined>;
}

type Distribute<E> = E extends { node?: string } ? Omit<E, "node" | "at"> : never;
/** An event as a node gives it. */
export type Progress = Distribute<
  | RolloutEvent
  | CacheChecked
  | GateDecided
  | GateJudged
  | GateWaiting
  | ArtifactStored
  | RunWarning
  | TestsReported
>;

/** What a gate compares with: a value kept from the last run that passed as a whole. */
export interface Baseline {
  previous(): Promise<Json | undefined>;
  /** Becomes the new baseline when, and only when, the run passes. */
  propose(value: Json): void;
}

export interface Question {
  readonly title: string;
  readonly detail?: string;
  /** Who has approved already, where several must; absent where nobody has. */
  readonly approvedBy?: readonly string[];
}

export interface Answer {
  readonly approved: boolean;
  readonly by: string;
  readonly reason?: string;
}

/** A recorded {@link Answer}. */
export interface Decision extends Answer {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Keeps process groups from outliving the run. */
export interface ProcessGuard {
  /** To be called before a group is started, so that nothing can come between its start and {@link ProcessGuard.add}. */
  prepare?(): void;
  add(group: number): void;
  remove(group: number): void;
}
