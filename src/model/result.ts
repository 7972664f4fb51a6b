import type { Artifact } from "./artifact.ts";
import type { ResultOrigin, RunState, SkipReason } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Json } from "./json.ts";

/** How a node ended, or stands. */
export type NodeState =
  "pending" | "ready" | "running" | "succeeded" | "failed" | "skipped" | "cancelled" | "suspended";

/** One node's end, told apart by `state`. */
export type NodeResult =
  | {
      readonly state: "succeeded";
      readonly output: Json | undefined;
      readonly artifacts: readonly Artifact[];
      readonly attempts: number;
      readonly duration: number;
      readonly flaky: boolean;
      /** Where its result was not made by running it now. */
      readonly from?: ResultOrigin;
    }
  | {
      readonly state: "failed";
      readonly failure: Failure;
      readonly attempts: number;
      readonly duration: number;
    }
  | { readonly state: "skipped"; readonly reason: SkipReason }
  | { readonly state: "cancelled"; readonly reason: string; readonly duration: number }
  | { readonly state: "suspended"; readonly reason: string };

/** A run's end. A failed run is data, not an exception. */
export interface RunResult {
  readonly run: string;
  readonly pipeline: string;
  readonly state: RunState;
  /** One sentence. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly duration: number;
  /** By node id, in the Plan's order. */
  readonly nodes: ReadonlyMap<string, NodeResult>;
}
