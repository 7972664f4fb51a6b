import type { CompiledNode } from "../compile/index.ts";
import type {
  Artifact,
  Condition,
  Json,
  Plan,
  RolloutEvent,
  RunEvent,
  RunOwner,
  RunStarted,
} from "../model/index.ts";
import type {
  Answer,
  ArtifactStore,
  BaselineStore,
  Clock,
  Decision,
  FolderCache,
  NodeCache,
  ProcessGuard,
  Question,
  RunRecorder,
} from "../ports/index.ts";

/** What the engine needs of the masker. */
export interface Masking {
  mask(text: string): string;
  maskJson(value: Json): Json;
  stream(): { push(chunk: Uint8Array): Uint8Array; flush(): Uint8Array };
}

/** Conditions about the commit, answered before the run starts. */
export type LeafCondition = Extract<Condition, { kind: "branch" | "tag" | "change" }>;
export type LeafVerdict = (condition: LeafCondition) => ConditionVerdict;

export interface ConditionVerdict {
  readonly holds: boolean;
  /** In words, as a skip reason says it. */
  readonly text: string;
}

/** What an earlier process left of a node that is not run again. */
export interface PriorNode {
  readonly output: Json | undefined;
  readonly artifacts: readonly Artifact[];
}

/** A Plan and everything outside that running it needs. The engine knows no adapter. */
export interface EngineInput {
  readonly run: string;
  /** When the run began, where an earlier process began it. */
  readonly startedAt: number | undefined;
  readonly plan: Plan;
  readonly nodes: readonly CompiledNode[];
  readonly root: string;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly secrets: ReadonlyMap<string, string>;
  readonly masking: Masking;
  /** What the user should know before anything runs. */
  readonly warnings: readonly string[];
  readonly recorder: RunRecorder;
  readonly artifacts: ArtifactStore;
  readonly baselines: BaselineStore;
  /** Absent where nothing is to be taken from a cache or kept in one. */
  readonly cache: NodeCache | undefined;
  readonly folders: FolderCache;
  readonly processes: ProcessGuard;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** How much weight runs at once, at least 1. */
  readonly concurrency: number;
  readonly leaf: LeafVerdict;
  /** Ids of the nodes to run; `undefined` is all. */
  readonly selection: ReadonlySet<string> | undefined;
  /** Results of nodes outside the selection. */
  readonly prior: ReadonlyMap<string, PriorNode>;
  /** The run that `prior` is taken over from, where that is another one: it is then recorded in this run too. */
  readonly carried: string | undefined;
  /** What was decided at gates in earlier processes of the run, by node id. */
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** Since when gates have waited for an answer, by node id. */
  readonly waitingSince: ReadonlyMap<string, number>;
  /** What nodes told of their rollouts in earlier processes of the run that died, by node id. */
  readonly earlier: ReadonlyMap<string, readonly RolloutEvent[]>;
  /** What nodes that are not run again proposed to compare later runs with, by node id. */
  readonly proposals: ReadonlyMap<string, Json>;
  /** Set where an earlier process of the run stopped. */
  readonly resumed: boolean;
  /** What else `run.started` says of what this process does of the run. */
  readonly start: Pick<RunStarted, "partial" | "only" | "answers">;
  readonly owner: RunOwner | undefined;
  /** Gets every event after the journal. A promise holds back the node that printed. */
  readonly listen: (event: RunEvent) => void | Promise<void>;
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Answer | undefined>;
  /** Stops the run: what is running is ended, `finally` still runs. */
  readonly signal: AbortSignal;
}
