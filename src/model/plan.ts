import type { SourceLocation } from "../errors/index.ts";
import type { Condition } from "./condition.ts";
import type { Json, JsonObject } from "./json.ts";

/** The version of the Plan's form. It changes when a reader written for the old one would misread the new one. */
export const PLAN_VERSION = 1;

/**
 * A pipeline compiled for one set of params: frozen, deterministic and plain JSON. This is the public intermediate
 * form: `plan` and `graph` print it, the engine runs it, exporters are written from it alone.
 */
export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly pipeline: string;
  /**
   * `sha256:<hex>` over the JSON of the Plan with no nodes and without this field, then over the JSON of each node but its
   * `source`, each after a line feed: so moving a line changes nothing.
   */
  readonly fingerprint: string;
  readonly params: JsonObject;
  readonly secrets: readonly PlanSecret[];
  /** Names and patterns of variables that shell jobs inherit besides the documented base. */
  readonly passEnv: readonly string[];
  readonly stages: readonly PlanStage[];
  /** In an order in which every node stands after what it needs; ties by declaration. */
  readonly nodes: readonly PlanNode[];
}

/** A secret's name and the place it comes from, never its value. */
export interface PlanSecret {
  readonly name: string;
  /** The kind of source, for example `env`. */
  readonly source: string;
  /** What to ask the source for, for example the variable's name. */
  readonly with: Json;
}

export interface PlanStage {
  readonly name: string;
  /** Names of stages that must have ended well before this one starts. */
  readonly after: readonly string[];
  readonly when: Condition | null;
  /** What a failure in this stage does to what is running: let it finish, or cancel it. */
  readonly onFailure: "finish" | "cancel";
  /** Whether the stage runs after all others whatever their outcome. */
  readonly finally: boolean;
  /** Ids, by declaration. */
  readonly nodes: readonly string[];
}

export type NodeKind = "job" | "gate" | "deploy";

/** One node of the graph. */
export interface PlanNode {
  /** `stage/name`, unique in the Plan. */
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly kind: NodeKind;
  /** Ids of the nodes whose values or effects this one uses, in declaration order. The stage's `after` comes on top. */
  readonly needs: readonly string[];
  /** Those of `needs` whose values it cannot do without: when one of them is skipped, this node is skipped too. */
  readonly skipWith: readonly string[];
  readonly when: Condition | null;
  /** What runs it: `shell`, `function`, `gate:junit`, `deploy:local`, … */
  readonly uses: string;
  /** What it runs, with refs as `{ $ref, path }`, artifacts as `{ $artifact, name, path }` and secrets as `{ $secret }`. */
  readonly with: Json;
  readonly retry: PlanRetry;
  /** Milliseconds for one attempt; null is without limit. */
  readonly timeout: number | null;
  /** Milliseconds between SIGTERM and SIGKILL when the node is ended. */
  readonly grace: number;
  /** How much of the run's concurrency it takes. */
  readonly weight: number;
  /** Named locks held while it runs. */
  readonly locks: readonly string[];
  /** Names of the secrets it is given. */
  readonly secrets: readonly string[];
  /** Globs relative to the root, by artifact name. */
  readonly artifacts: { readonly [name: string]: readonly string[] };
  /** What its result is kept under, where it is cached. */
  readonly cache: PlanCache | null;
  /** Whether it acts on the world outside this run, as a deploy does: never cached, and on disk before it starts. */
  readonly effects: boolean;
  /** The cell's values, where a matrix made the node. */
  readonly matrix: { readonly [dimension: string]: string | number | boolean } | null;
  /** For a deploy: each gate that the target requires, with the gate's node. Empty for other kinds. */
  readonly evidence: readonly PlanEvidence[];
  /** Where the user declared it, relative to the root; not part of the fingerprint. */
  readonly source: SourceLocation | null;
}

/** What decides, besides what the job runs and uses, whether a kept result still stands. */
export interface PlanCache {
  /** Globs relative to the root; one that begins with `!` leaves files out. Files that git ignores never count. */
  readonly inputs: readonly string[];
  /** Names of variables whose values count. */
  readonly env: readonly string[];
  /** Commands whose output counts, for example `node --version`. */
  readonly tools: readonly string[];
}

export interface PlanEvidence {
  readonly gate: string;
  readonly node: string;
}

export interface PlanRetry {
  /** Attempts in all; 1 is no retry. */
  readonly attempts: number;
  /** Milliseconds before the second attempt. */
  readonly delay: number;
  /** What the delay is multiplied by for each further attempt. */
  readonly factor: number;
  /** Milliseconds; the longest delay. */
  readonly maxDelay: number;
  /** Share of the delay that is drawn at random, 0 to 1. */
  readonly jitter: number;
  /** Which failures are retried; empty is every failure but a cancellation or a refused gate. */
  readonly on: readonly RetryClass[];
}

/** A class of failure: a timeout, trouble of the machinery, any non-zero exit, or given exit codes. */
export type RetryClass = "timeout" | "infrastructure" | "exit" | number;
