import type { z } from "zod";
import type {
  AnyRef,
  Condition,
  Json,
  Ref,
  RefCore,
  Release,
  RetryClass,
  RunState,
  Secret,
  ValueOf,
  WithArtifacts,
} from "../model/index.ts";
import type {
  App,
  CacheSource,
  Check,
  EffectStep,
  RunStoreSource,
  SecretSource,
  Step,
  Strategy,
  Target,
} from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";

/** Params of a pipeline: zod schemas by name. */
export type ParamSchemas = Readonly<Record<string, z.ZodType>>;
/** What the definition gets for {@link ParamSchemas}. */
export type ParamValues<Schemas extends ParamSchemas> = {
  readonly [Name in keyof Schemas]: z.output<Schemas[Name]>;
};
/** What a caller may give for {@link ParamSchemas}; those with a default may be left out. */
export type ParamInputs<Schemas extends ParamSchemas> = z.input<z.ZodObject<Schemas>>;

/** What {@link pipeline} takes besides the definition. */
export interface PipelineOptions<
  Params extends ParamSchemas,
  Secrets extends Readonly<Record<string, SecretSource>>,
> {
  /** Letters, digits, `.`, `_`, `-` and spaces. */
  readonly name: string;
  /** zod schemas; each becomes a flag of the command line and a field of `params`. */
  readonly params?: Params;
  /** Where each secret comes from. */
  readonly secrets?: Secrets;
  /** Variables that shell jobs inherit besides the documented base: names, or prefixes such as `NPM_CONFIG_*`. */
  readonly passEnv?: readonly string[];
  /** Where relative paths start: relative to the file that calls `pipeline`. @defaultValue that file's folder */
  readonly root?: string;
  /** Where runs are kept, for example `s3({ bucket })`. @defaultValue the folder `.sluice` in `root` */
  readonly store?: RunStoreSource;
  /** A cache that machines share, for jobs with `cache`. @defaultValue none but the one in `.sluice` */
  readonly cache?: CacheSource;
}

/** What the definition is given besides the builder. */
export interface DefinitionContext<Params, Secrets> {
  readonly params: Params;
  readonly secrets: { readonly [Name in keyof Secrets]: Secret };
}

/** Retries of a node. */
export interface RetryOptions {
  /** Attempts in all, at least 1. */
  readonly attempts: number;
  /** Before the second attempt. @defaultValue `"1s"` */
  readonly delay?: Duration;
  /** What the delay is multiplied by for each further attempt. @defaultValue 2 */
  readonly factor?: number;
  /** @defaultValue `"1m"` */
  readonly maxDelay?: Duration;
  /** Share of the delay drawn at random, 0 to 1. @defaultValue 0.5 */
  readonly jitter?: number;
  /** Which failures are retried. @defaultValue every failure but a cancellation or a gate's no */
  readonly on?: readonly RetryClass[];
}

/** What every node can have. */
export interface NodeOptions {
  /** Nodes that must have ended before, without a value passing. */
  readonly after?: readonly AnyRef[];
  readonly when?: Condition | undefined;
  /** How many times it is tried again, or the details. @defaultValue 0 */
  readonly retry?: number | RetryOptions;
  /** For one attempt. @defaultValue none */
  readonly timeout?: Duration;
  /** Between SIGTERM and SIGKILL. @defaultValue `"10s"` */
  readonly grace?: Duration;
  /** How many places of the run's concurrency it takes; more than there are means: alone. @defaultValue 1 */
  readonly weight?: number;
  /** Named locks: two nodes that share one never run at the same time. */
  readonly locks?: readonly string[];
  readonly artifacts?: Readonly<Record<string, string | readonly string[]>>;
}

/** What decides whether a job must run again. What it runs and the values that it uses always count. */
export interface CacheOptions {
  /**
   * Globs of the files that it reads, relative to the root; one that begins with `!` leaves files out. Files that git
   * ignores never count.
   */
  readonly inputs: string | readonly string[];
  /** Names of variables whose values count. The job is not given them by this: see `passEnv`. */
  readonly env?: readonly string[];
  /** Commands whose output counts. @defaultValue `["node --version"]` */
  readonly tools?: readonly string[];
}

/** A job is cached or acts on the world outside; never both. */
export type CacheOrEffects =
  | { readonly cache?: CacheOptions; readonly effects?: false }
  | {
      /**
       * It publishes, pushes, migrates: it acts on the world outside. It is never cached, and that it was started is on
       * disk before it begins. Deploys always are. @defaultValue false
       */
      readonly effects: boolean;
      readonly cache?: never;
    };

/** {@link CacheOrEffects}, or nothing of it for a step that says of itself that it acts on the world outside. */
export type CacheUnless<Effects> = [Effects] extends [true] ? { readonly cache?: never } : CacheOrEffects;

/** Options of a job. */
export interface JobOptions<
  Names extends string = string,
  When extends Condition | undefined = Condition | undefined,
> extends NodeOptions {
  readonly when?: When;
  /** Files kept by content after success: globs relative to the root, by artifact name. */
  readonly artifacts?: Readonly<Record<Names, string | readonly string[]>>;
}

/** Options of a job that is a function: its output can be checked. */
export interface FunctionJobOptions<
  T,
  Names extends string = string,
  When extends Condition | undefined = Condition | undefined,
> extends JobOptions<Names, When> {
  /** Checks the output before it is recorded. */
  readonly output?: z.ZodType<T>;
  /** It acts on the world outside this run: that it was started is on disk before it begins. @defaultValue false */
  readonly effects?: boolean;
}

/** What a function job is given. */
export interface JobContext {
  readonly run: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** Absolute folder where relative paths of the pipeline start. */
  readonly root: string;
  /** Fires on timeout and cancellation. */
  readonly signal: AbortSignal;
  /** For jobs of `finally`: how the run stands. */
  readonly outcome: RunState | undefined;
  /** Writes a line to the job's log. */
  log(text: string): void;
}

/** What a function job names as its needs: refs give their values, secrets their text. */
export type Needs = Readonly<Record<string, AnyRef | Secret>>;
export type ResolvedNeeds<N> = {
  readonly [Key in keyof N]: N[Key] extends Secret ? string : ValueOf<N[Key]>;
};

/** What a function may return as an output. */
export type Output = Json | undefined | void | object;

/** A ref to a job's output; {@link artifact} reads the names of its artifacts. */
export type JobRef<T, Names extends string = never> = Ref<T> & WithArtifacts<Names>;

/** `T`, or `T | undefined` where a condition may skip the node. */
export type Conditional<T, StageWhen, NodeWhen> = StageWhen extends Condition
  ? T | undefined
  : NodeWhen extends Condition
    ? T | undefined
    : T;

/** A group of nodes that run side by side unless refs order them. */
export interface Stage<StageWhen extends Condition | undefined = undefined> {
  readonly name: string;

  /** A job that runs a step which acts on the world outside, so that it cannot be cached. */
  job<T, Names extends string = never, When extends Condition | undefined = undefined>(
    name: string,
    step: EffectStep<T>,
    options?: JobOptions<Names, When>,
  ): JobRef<Conditional<T, StageWhen, When>, Names>;
  /** A job that runs a step, for example ``sh`npm test` ``. */
  job<
    T,
    Names extends string = never,
    When extends Condition | undefined = undefined,
    Effects extends boolean | undefined = undefined,
  >(
    name: string,
    step: Step<T> & { readonly effects?: Effects },
    options?: JobOptions<Names, When> & CacheUnless<Effects>,
  ): JobRef<Conditional<T, StageWhen, When>, Names>;
  /** A job that is a function in this process. What it returns must be JSON. */
  job<T extends Output, Names extends string = never, When extends Condition | undefined = undefined>(
    name: string,
    run: (context: JobContext) => T | Promise<T>,
    options?: FunctionJobOptions<T, Names, When>,
  ): JobRef<Conditional<T, StageWhen, When>, Names>;
  /** A function that uses values of other nodes: `needs` names them, `run` gets them. */
  job<
    T extends Output,
    const N extends Needs,
    Names extends string = never,
    When extends Condition | undefined = undefined,
  >(
    name: string,
    definition: FunctionJobOptions<T, Names, When> & {
      readonly needs: N;
      readonly run: (needs: ResolvedNeeds<N>, context: JobContext) => T | Promise<T>;
    },
  ): JobRef<Conditional<T, StageWhen, When>, Names>;

  /** Several jobs at once; a name given twice does not compile. */
  jobs<const Steps extends Readonly<Record<string, Step<unknown>>>>(
    steps: Steps,
    options?: JobOptions<never, undefined> & CacheUnless<AnyEffects<Steps[keyof Steps]>>,
  ): { readonly [Name in keyof Steps]: JobRef<Conditional<StepOutput<Steps[Name]>, StageWhen, undefined>> };

  /** One job for each combination of `dimensions`; the ref holds all outputs, in the order of the combinations. */
  matrix<
    const Dimensions extends Readonly<Record<string, readonly (string | number | boolean)[]>>,
    T,
    When extends Condition | undefined = undefined,
    Effects extends boolean | undefined = undefined,
  >(
    name: string,
    dimensions: Dimensions,
    cell: (values: MatrixCell<Dimensions>) => Step<T> & { readonly effects?: Effects },
    options?: MatrixOptions<Dimensions, When> & CacheUnless<Effects>,
  ): Ref<readonly Conditional<T, StageWhen, When>[]>;

  /** Lets the subject pass only if the check says so. The ref returned is the subject with the gate's name added. */
  gate<const Gate extends string, T, Passed extends string>(
    name: Gate,
    subject: RefCore<T, Passed>,
    check: Check<NoInfer<T>> | ((value: NoInfer<T>, context: JobContext) => boolean | Promise<boolean>),
    options?: Omit<NodeOptions, "artifacts">,
  ): Ref<T, Passed | Gate>;

  /** Releases an app to a target by a strategy. */
  deploy<Required extends string = never, When extends Condition | undefined = undefined>(
    name: string,
    options: DeployOptions<Required, When>,
  ): Ref<Conditional<Release, StageWhen, When>>;
}

/** `true` where one of several steps says that it acts on the world outside. */
export type AnyEffects<S> = [Extract<S, EffectStep<unknown>>] extends [never] ? undefined : true;

export type StepOutput<S> = S extends Step<infer T> ? T : never;

/** One combination of a matrix. */
export type MatrixCell<Dimensions extends Readonly<Record<string, readonly unknown[]>>> = {
  readonly [Name in keyof Dimensions]: Dimensions[Name][number];
};

export interface MatrixOptions<
  Dimensions extends Readonly<Record<string, readonly unknown[]>>,
  When extends Condition | undefined = undefined,
> extends Omit<NodeOptions, "artifacts"> {
  readonly when?: When;
  /** Combinations for which this returns true are left out. */
  readonly exclude?: (values: MatrixCell<Dimensions>) => boolean;
}

export interface DeployOptions<
  Required extends string,
  When extends Condition | undefined = undefined,
> extends Omit<NodeOptions, "artifacts"> {
  readonly when?: When;
  readonly to: Target<Required>;
  readonly app: App<NoInfer<Required>>;
  readonly strategy: Strategy;
  /** Runs as long as the rollout does and is ended with it, for example a traffic generator. Gets `SLUICE_TARGET_URL`. */
  readonly load?: Step<unknown>;
}

export interface StageOptions<When extends Condition | undefined = undefined> {
  readonly when?: When;
  /** Stages that must have ended well before. `[]` starts with the run. @defaultValue the stage declared before */
  readonly after?: readonly Stage<Condition | undefined>[];
  /** What a failure here does to what is running. @defaultValue `"finish"` */
  readonly onFailure?: "finish" | "cancel";
}

/** Collects the definition. */
export interface PipelineBuilder {
  stage(name: string): Stage;
  stage<When extends Condition | undefined = undefined>(
    name: string,
    options: StageOptions<When>,
  ): Stage<When>;
  /** A job that runs after all stages, whatever their outcome. It fails the run when it fails. */
  finally<T>(
    name: string,
    step: Step<T>,
    options?: JobOptions<never, undefined> & { readonly effects?: boolean },
  ): void;
  finally<T extends Output>(
    name: string,
    run: (context: JobContext) => T | Promise<T>,
    options?: JobOptions<never, undefined> & { readonly effects?: boolean },
  ): void;
}

/** The names of a job's artifacts. */
export type ArtifactNames<R> = R extends WithArtifacts<infer Names> ? Names : never;
