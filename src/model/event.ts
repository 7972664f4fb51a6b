import type { Artifact } from "./artifact.ts";
import type { Condition } from "./condition.ts";
import type { OfNode, OfRun } from "./event-of.ts";
import type { Failure } from "./failure.ts";
import type { Figure } from "./figure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { RolloutEvent } from "./rollout-event.ts";
import type { TestNames } from "./summary.ts";

/**
 * Everything that happens in a run, as one union told apart by `type`. `at` is milliseconds since 1970. Texts are
 * masked. Later versions may add members and variants; they never change the meaning of one.
 */
export type RunEvent = RunStarted | RunFinished | RunWarning | NodeEvent;

export type NodeEvent =
  | NodeReady
  | NodeStarted
  | NodeLog
  | NodeRetrying
  | NodeSucceeded
  | NodeFailed
  | NodeSkipped
  | NodeCancelled
  | NodeSuspended
  | CacheChecked
  | ArtifactStored
  | TestsReported
  | GateJudged
  | GateWaiting
  | GateDecided
  | RolloutEvent;

/** The first event of a run. */
export interface RunStarted extends OfRun {
  readonly type: "run.started";
  readonly run: string;
  readonly pipeline: string;
  readonly fingerprint: string;
  readonly params: JsonObject;
  /** How many nodes are to run. */
  readonly nodes: number;
  /** Facts about the commit, where the root is a git checkout. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** The process that runs it, so that another can tell whether it still does. */
  readonly owner?: RunOwner;
  /** Set where an earlier process of the run stopped and this one goes on. */
  readonly resumed?: true;
  /** Set where this process runs only a part of a run that others run too: it says nothing of the run as a whole. */
  readonly partial?: true;
  /** Ids of the nodes that the whole run is to run, where that is not all of them. */
  readonly only?: readonly string[];
  /** How the conditions about the commit are answered, where there are any: by the process that began the run. */
  readonly answers?: readonly ConditionAnswer[];
}

/** Whether a condition about the commit (`onBranch`, `onTag`, `onChange`) holds. */
export interface ConditionAnswer {
  readonly condition: Condition;
  readonly holds: boolean;
  /** In words, as a skip reason says it. */
  readonly text: string;
}

/** A process, told apart from a later one with the same id. */
export interface RunOwner {
  readonly pid: number;
  /** Opaque; only ever compared. */
  readonly start: string;
  readonly machine: string;
}

export type RunState = "passed" | "failed" | "cancelled" | "suspended";

/** The last event of a run, or with `partial` of a process that ran a part of it. */
export interface RunFinished extends OfRun {
  readonly type: "run.finished";
  readonly state: RunState;
  /** Milliseconds. */
  readonly duration: number;
  readonly reason: string;
  /** Set where only a part of the run has ended: how the run stands, its nodes say. */
  readonly partial?: true;
  /** The process that has ended, where others may still run other parts. */
  readonly owner?: RunOwner;
}

/** Something that the user should know and that fails nothing. */
export interface RunWarning extends OfRun {
  readonly type: "warning";
  readonly message: string;
  readonly node?: string;
}

/** All that the node waits for has ended; it now waits for a place (concurrency, locks). */
export interface NodeReady extends OfNode {
  readonly type: "node.ready";
}

/** An attempt begins. */
export interface NodeStarted extends OfNode {
  readonly type: "node.started";
  /** Counted from 1. */
  readonly attempt: number;
}

/** A piece of what the node printed: masked, not split at line ends, never journaled (the log file holds it). */
export interface NodeLog extends OfNode {
  readonly type: "node.log";
  readonly stream: "stdout" | "stderr";
  readonly chunk: Uint8Array;
}

/** An attempt failed and another follows after `delay` milliseconds. */
export interface NodeRetrying extends OfNode {
  readonly type: "node.retrying";
  readonly attempt: number;
  readonly delay: number;
  readonly failure: Failure;
}

export interface NodeSucceeded extends OfNode {
  readonly type: "node.succeeded";
  readonly attempt: number;
  /** Milliseconds of the last attempt. */
  readonly duration: number;
  /** The output; absent where the node has none. */
  readonly output?: Json;
  readonly artifacts?: readonly Artifact[];
  /** What the node proposed to compare later runs with; kept when the run has passed. */
  readonly baseline?: Json;
  /** Whether it failed before it passed. */
  readonly flaky: boolean;
  /** Where its result was not made by running it now. */
  readonly from?: ResultOrigin;
}

/** Where a result comes from that was not made in this run: an earlier run that this one reruns, or the cache. */
export type ResultOrigin =
  | { readonly kind: "run"; readonly run: string }
  | {
      readonly kind: "cache";
      readonly run: string;
      readonly key: string;
      readonly where: "local" | "remote";
      /** Milliseconds that the job took then. */
      readonly took: number;
    };

export interface NodeFailed extends OfNode {
  readonly type: "node.failed";
  readonly attempt: number;
  readonly duration: number;
  readonly failure: Failure;
}

/** Why a node did not run. */
export type SkipReason =
  /** Its own condition or its stage's did not hold. */
  | { readonly kind: "condition"; readonly text: string }
  /** Something that it needs failed, was cancelled or is suspended. */
  | { readonly kind: "upstream"; readonly node: string; readonly text: string }
  /** The run stopped before it could start. */
  | { readonly kind: "stopped"; readonly text: string }
  /** Not among the nodes asked for. */
  | { readonly kind: "selection"; readonly text: string };

export interface NodeSkipped extends OfNode {
  readonly type: "node.skipped";
  readonly reason: SkipReason;
}

/** It was running and was ended. */
export interface NodeCancelled extends OfNode {
  readonly type: "node.cancelled";
  readonly duration: number;
  readonly reason: string;
}

/** It waits for something outside, for example an approval, and holds nothing. */
export interface NodeSuspended extends OfNode {
  readonly type: "node.suspended";
  readonly reason: string;
}

/** A job with a `cache` was looked up. */
export interface CacheChecked extends OfNode {
  readonly type: "cache.checked";
  readonly hit: boolean;
  /** Absent where none could be made. */
  readonly key?: string;
  /** In words: where it was found, or what differs from the last time. */
  readonly reason: string;
}

export interface ArtifactStored extends OfNode {
  readonly type: "artifact.stored";
  readonly artifact: Artifact;
}

/** A gate has read test results: the names of all tests, for the history of flaky ones. */
export interface TestsReported extends OfNode {
  readonly type: "tests.reported";
  readonly tests: TestNames;
}

/** A gate has judged; `ok` false is followed by `node.failed`. */
export interface GateJudged extends OfNode {
  readonly type: "gate.judged";
  readonly ok: boolean;
  readonly figures: readonly Figure[];
  readonly summary: string;
}

/** A gate waits for a person at the terminal. */
export interface GateWaiting extends OfNode {
  readonly type: "gate.waiting";
  readonly question: string;
}

/** Somebody has approved or rejected at a gate. */
export interface GateDecided extends OfNode {
  readonly type: "gate.decided";
  readonly approved: boolean;
  readonly by: string;
  readonly reason?: string;
}
