import type {
  Artifact,
  Evidence,
  Json,
  RefCore,
  Release,
  RolloutEvent,
  StrategyNeeds,
} from "../model/index.ts";
import type { ClusterContext, ClusterRegistry } from "./cluster.ts";
import type { CountSource } from "./metrics.ts";
import type { StepContext, StepSpec } from "./step.ts";

declare const required: unique symbol;
declare const carried: unique symbol;

/** A place to deploy to. `Required` names the gates that a value must have passed to get there. */
export interface Target<in out Required extends string = never> {
  /** For example `local`; the Plan's node says `deploy:local`. */
  readonly kind: string;
  /** Unique in the pipeline; state is kept under it, and verbs such as `rollback` ask for it. */
  readonly name: string;
  readonly spec: StepSpec;
  readonly requires: readonly Required[];
  /**
   * What keeps a deploy from ever working, as far as its definition tells: each is reported as a mistake of the definition
   * before anything runs. Pure and quick, since every compilation asks; it never refuses for what only the run will know.
   * Absent: `connect` is the first to refuse.
   */
  readonly accepts?: (deploy: DraftDeploy) => readonly TargetProblem[];
  /** Opens the target for one deploy and takes its lock. The spec is a {@link DeploySpec}. Throws `TARGET_BUSY`. */
  readonly connect: (spec: never, context: TargetContext) => Promise<RolloutDriver>;
  /** What is live there now. Reads only. The spec is a {@link TargetVerbSpec}, as for the next ones. */
  readonly status: (spec: never, context: TargetContext) => Promise<TargetStatus>;
  /**
   * What is live of each app. Absent where a target holds one at most; where it is there, `app` of the spec says to `status`,
   * `rollback` and `stop` which of several is meant, and they throw `TARGET_STATE` without it.
   */
  readonly statuses?: (spec: never, context: TargetContext) => Promise<readonly TargetStatus[]>;
  /** Goes back to an earlier revision: the one before the live one unless `to` names it. */
  readonly rollback: (
    spec: never,
    context: TargetContext,
    options: { readonly to?: number },
  ) => Promise<Release>;
  /**
   * True where `rollback` starts processes that need the secrets of the deploy: it is given them then, and is not begun
   * where one cannot be had. @defaultValue false
   */
  readonly rollbackNeedsSecrets?: boolean;
  /** What deploying an app would change there now. Asks the target, changes nothing and takes no lock. The spec is a {@link DeploySpec}. */
  readonly preview?: (spec: never, context: TargetContext) => Promise<TargetPreview>;
  /** Looks whether a deploy could work: programs, packages, the way there, credentials, permissions. Changes nothing. */
  readonly check?: (spec: never, context: TargetContext) => Promise<readonly TargetCheck[]>;
  /** The registry that belongs to the place; absent where none can. Throws `REGISTRY_UNKNOWN` where it cannot be told. */
  readonly registry?: (context: Pick<ClusterContext, "env" | "root" | "signal">) => Promise<ClusterRegistry>;
  /** Ends everything that runs there; the history stays. Absent where the target has no notion of it. */
  readonly stop?: (spec: never, context: TargetContext) => Promise<void>;
  readonly [required]?: (gates: Evidence<Required>) => void;
}

/** What `connect` gets: the target's own spec and the app, every ref resolved. */
export interface DeploySpec<TargetSpec = unknown> {
  readonly target: TargetSpec;
  readonly app: ResolvedApp;
}

/** What a definition says of a deploy. */
export interface DraftDeploy {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The spec as it stands in the Plan: what the run will know is `{ $ref }`, `{ $artifact }`, `{ $all }` or `{ $secret }`. */
  readonly app: Pick<ResolvedApp, "kind" | "spec">;
  readonly strategy: Pick<Strategy, "kind" | "needs">;
}

/** Why a deploy could not work. */
export interface TargetProblem {
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What `status`, `rollback` and `stop` get. */
export interface TargetVerbSpec<TargetSpec = unknown> {
  readonly target: TargetSpec;
  /** Which of several apps is meant; absent: the only one. */
  readonly app?: string;
  /** Values by name, where {@link Target.rollbackNeedsSecrets} says so; else none. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a target is given: a running node's context, or the same parts of it for a verb such as `rollback`. */
export type TargetContext = Pick<
  StepContext,
  "run" | "pipeline" | "root" | "stateDir" | "signal" | "env" | "processes" | "write" | "mask" | "restore"
>;

/** What is deployed. Carries the evidence of the value that it was made from. */
export interface App<in Passed extends string = never> {
  readonly kind: string;
  readonly spec: StepSpec;
  /** The ref of what is deployed (an artifact, an image): the gates that it has passed are the evidence. Undefined: none. */
  readonly subject: RefCore<unknown, Passed> | undefined;
  readonly [carried]?: Evidence<Passed>;
}

/** An {@link App} with every ref resolved, as a driver gets it. */
export interface ResolvedApp {
  readonly kind: string;
  readonly spec: Json;
  /** Values of the secrets in the spec, by name. A driver never writes them to disk. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly artifact?: Artifact;
  /** Before a run: what stands in the spec and the secrets for values that nobody knows yet, and what each is in words. */
  readonly unknown?: Readonly<Record<string, string>>;
  /** Before a run: the files that its jobs will have made by then, as globs, by the id of the job. */
  readonly made?: Readonly<Record<string, readonly string[]>>;
}

export interface TargetStatus {
  readonly target: string;
  /** Which app it is about, where the target holds several. */
  readonly app?: string;
  /** Where the app is asked: it reaches whatever gets requests. Undefined where nothing is live. */
  readonly url: string | undefined;
  readonly stable: RevisionStatus | undefined;
  readonly candidate: RevisionStatus | undefined;
  /** Per cent of the traffic that the candidate gets. */
  readonly weight: number;
  /** Every release that is remembered, the live one and the candidate among them. */
  readonly history: readonly RevisionStatus[];
}

/** What a deploy would do. No value of a secret is in it. */
export interface TargetPreview {
  /** The revision that it would be compared with, and taken back to. */
  readonly live: number | undefined;
  /** True where the live release already is what would be deployed. */
  readonly current: boolean;
  readonly changes: readonly PreviewChange[];
  /** Why a release that fails could not be taken back as a whole, one reason each; none: it could. */
  readonly irreversible: readonly string[];
  /** What could not be asked, and why: the rest holds all the same. */
  readonly notes: readonly string[];
}

export interface PreviewChange {
  /** For example `Deployment shop/web`. */
  readonly object: string;
  readonly change: "create" | "update" | "unchanged" | "remove" | "refused";
  /** Changed fields by path, such as `spec.replicas`; values as compact JSON. */
  readonly fields: readonly { readonly path: string; readonly from?: string; readonly to?: string }[];
  /** Fields that something else has set, and who. */
  readonly conflicts: readonly { readonly path: string; readonly owner: string }[];
  /** Why it would be refused. */
  readonly problem?: string;
}

/** One thing that a deploy needs. */
export interface TargetCheck {
  /** What was looked at, for example `credentials`. */
  readonly what: string;
  readonly state: "ok" | "failed" | "skipped";
  /** What was found, or why it was not looked at. */
  readonly detail: string;
  /** What to do about a failure. */
  readonly hint?: string;
}

export interface RevisionStatus {
  readonly revision: number;
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly run: string;
  /** Replicas that answer their health check. */
  readonly ready: number;
  readonly state: "live" | "candidate" | "retired" | "aborted";
}

/**
 * What a strategy drives. Every call is idempotent: asked for what already holds, it changes nothing. So a strategy
 * that was killed starts again by asking {@link RolloutDriver.observe} and goes on from there.
 */
export interface RolloutDriver {
  /** What is true now, asked of the target itself. */
  observe(): Promise<RolloutState>;
  /** Brings up `replicas` of the candidate, without traffic, and waits until they are ready. Throws `RELEASE_UNHEALTHY`. */
  start(replicas: number): Promise<void>;
  /** Sets the number of replicas of one side and waits until they are ready, or gone. */
  scale(side: "stable" | "candidate", replicas: number): Promise<void>;
  /** Sends `weight` per cent of the traffic to the candidate, the rest to stable. */
  route(weight: number): Promise<void>;
  /** Makes the candidate the stable release: all traffic, full size; the old one is ended after `keepOld` ms. */
  promote(options?: { readonly keepOld?: number }): Promise<Release>;
  /**
   * Takes the candidate back: stable to full size first, then traffic, then the candidate's processes. Throws
   * `ROLLOUT_HELD`, and leaves all as it is, where it has done something that going back would not undo.
   */
  abort(reason: string): Promise<void>;
  /**
   * Brings the whole release in place of the old one and waits until it is ready; there where what is deployed rolls out by
   * itself, in its own batches. Such a release has no candidate that could be given a part of the traffic, so only
   * `rolling()` can do it. {@link RolloutDriver.abort} takes it back. Absent everywhere else.
   */
  roll?(): Promise<void>;
  /**
   * Brings up `replicas` new ones of the stable release beside it, ready, for the candidate to be compared with: as young
   * as it is. They take their part of the stable side's requests; the candidate's share stays as it was asked for.
   * Where stable has too few to spare there are fewer, at least one. 0 removes them, as promoting and aborting do.
   * Absent where the target cannot.
   */
  baseline?(replicas: number): Promise<void>;
  /** Requests, errors and latencies by side; absent where the target measures none. */
  readonly counts?: CountSource;
  /** Releases the target's lock. Ends nothing. */
  close(): Promise<void>;
}

export interface RolloutState {
  readonly target: string;
  /** How many replicas the new release shall have. */
  readonly desired: number;
  readonly stable: SideState | undefined;
  readonly candidate: SideState | undefined;
  readonly weight: number;
  /** The weight that was asked for last, where the target can only come near it. @defaultValue `weight` */
  readonly asked?: number;
  /** Replicas of the fresh baseline; none of them is one of `stable`'s. @defaultValue 0 */
  readonly baseline?: number;
  readonly url: string;
  /** True where stable already is what shall be deployed, healthy: there is nothing to do. */
  readonly current: boolean;
}

export interface SideState {
  readonly revision: number;
  readonly digest: string;
  readonly replicas: number;
  readonly ready: number;
  /** Where it is asked. Reaches this side alone, also while requests are divided. */
  readonly url: string;
}

/** A way to release. Written once, for every target. */
export interface Strategy {
  readonly kind: string;
  readonly spec: StepSpec;
  /** What it asks of a target, so that one that cannot do it says so before a run. @defaultValue nothing that is known */
  readonly needs?: StrategyNeeds;
  readonly release: (driver: RolloutDriver, spec: never, context: StrategyContext) => Promise<StrategyResult>;
}

export interface StrategyContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly step: StepContext;
  emit(event: RolloutProgress): void;
}

type Bare<E> = E extends { node: string } ? Omit<E, "node" | "at"> : never;
export type RolloutProgress = Bare<RolloutEvent>;

export type StrategyResult =
  | { readonly outcome: "released"; readonly release: Release }
  /** `restored` is the revision that is live again, where there was one before. */
  | { readonly outcome: "rolled-back"; readonly reason: string; readonly restored?: number }
  | { readonly outcome: "held"; readonly reason: string };

/** Time as the engine and the strategies see it, so that tests can hold it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
