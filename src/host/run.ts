import type { ParamInputs, ParamSchemas, Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { RunEvent, RunResult } from "../model/index.ts";
import type { Answer, Question, Reporter, RunStoreSource } from "../ports/index.ts";
import { EventStream } from "./event-stream.ts";
import { newRunId } from "./run-id.ts";

/** How a run is to go. */
export interface RunOptions<Schemas extends ParamSchemas = ParamSchemas> {
  readonly params?: ParamInputs<Schemas>;
  /** Stops the run: what is running is ended, jobs of `finally` still run. */
  readonly signal?: AbortSignal;
  readonly reporters?: readonly Reporter[];
  /** Where relative paths of the definition start. @defaultValue the folder of the file that called `pipeline` */
  readonly cwd?: string;
  /** Where runs, artifacts and local targets are kept. @defaultValue `.sluice` in `cwd` */
  readonly stateDir?: string;
  /** How much weight runs at once. @defaultValue the number of processors, at least 2 */
  readonly concurrency?: number;
  /**
   * Run only these nodes (ids, names or stages): with `run` as a part of that run, else as a run of its own. What they need
   * is read from that run, or taken over from the newest that fits.
   */
  readonly only?: readonly string[];
  /** Run this node and everything after it, in the same way. */
  readonly from?: string;
  /** The id of the run: a new one, or with `only` and `from` the one that they are a part of. */
  readonly run?: string;
  /**
   * Go on with run `run`, or the newest that has not passed: what succeeded is not run again. `accept` lets a definition
   * pass that was changed harmlessly, and another commit. `takeOver` takes the run from a process on another machine, which cannot be looked
   * at: only where it is gone for good. The params are the recorded ones.
   */
  readonly resume?: { readonly accept?: boolean; readonly takeOver?: boolean };
  /**
   * A new run with the params of the run `of`. With `failed`, only what has not succeeded there is run; the rest is taken
   * over from it. `accept` lets a definition pass that was changed harmlessly.
   */
  readonly rerun?: { readonly of: string; readonly failed?: boolean; readonly accept?: boolean };
  /**
   * What becomes of the results of jobs with `cache`: taken from the cache and kept in it, only kept, or neither.
   * @defaultValue `"use"`
   */
  readonly cache?: "use" | "refresh" | "off";
  /** Where runs are kept. @defaultValue the pipeline's `store`, else `stateDir` */
  readonly store?: RunStoreSource;
  /** Where changed files count from. @defaultValue see `onChange` */
  readonly base?: string;
  /** Answers approvals. `undefined` as an answer suspends the run. @defaultValue the reporters are asked */
  readonly approve?: (question: Question, signal: AbortSignal) => Promise<Answer | undefined>;
  /** What secrets are read from and jobs inherit a part of. @defaultValue `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A run under way: wait for it, or read its events, or both. */
export interface Run extends PromiseLike<RunResult> {
  /** Of the run; where the newest is resumed without being named, `run.started` and the result have its id. */
  readonly id: string;
  /**
   * Everything that happens, from the first event on, for one `for await`. Ask for it in the turn in which `run` was
   * called. Ends with the run, by an error where the run could not start.
   */
  readonly events: AsyncIterable<RunEvent>;
  /** Rejects where the run could not start; a run that failed resolves. */
  readonly result: Promise<RunResult>;
  /** As the `signal` of the options. */
  cancel(reason?: string): void;
}

/**
 * Compiles a pipeline for the params given and runs it. Any number of runs can go on in one process.
 *
 * @returns the run: `await` gives its {@link RunResult}, in which a failed job is data and not an exception
 * @throws SluiceError (as a rejection, before anything has run) `PARAMS_INVALID`, `DEFINITION_THREW`,
 *   `SECRET_MISSING`, `STATE_UNWRITABLE`, `NODE_UNKNOWN`, `INPUT_MISSING`, `DEFINITION_CHANGED`, `COMMIT_CHANGED`
 * @throws DefinitionError (as a rejection) with every mistake of the definition
 *
 * @example
 * ```ts
 * import { pipeline, run, sh } from "sluice";
 *
 * const pipe = pipeline({ name: "checks" }, (p) => {
 *   p.stage("verify").job("unit", sh`npm test`);
 * });
 * const result = await run(pipe);
 * console.log(result.state, result.reason);
 * ```
 */
export function run<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: RunOptions<Schemas> = {},
): Run {
  return new PipelineRun(pipe, options);
}

class PipelineRun implements Run {
  readonly id: string;
  readonly result: Promise<RunResult>;
  readonly #events = new EventStream();
  readonly #controller = new AbortController();

  constructor(pipe: Pipeline, options: RunOptions) {
    this.id = options.run ?? newRunId(Date.now());
    const { signal } = options;
    const stop = (): void => {
      this.cancel(signal?.reason instanceof Error ? signal.reason.message : String(signal?.reason));
    };
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    // One turn later, so that a caller can ask for `events` first.
    this.result = Promise.resolve()
      .then(() => import("./execute.ts"))
      .then(({ execute }) => execute(pipe, options, this.id, this.#controller.signal, this.#events))
      .finally(() => signal?.removeEventListener("abort", stop));
    this.result.then(
      () => {
        this.#events.end();
      },
      (error: unknown) => {
        this.#events.end(error);
      },
    );
  }

  get events(): AsyncIterable<RunEvent> {
    return this.#events.want();
  }

  cancel(reason = "it was cancelled"): void {
    this.#controller.abort(new SluiceError("CANCELLED", reason));
  }

  then<A = RunResult, B = never>(
    onFulfilled?: ((result: RunResult) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result.then(onFulfilled, onRejected);
  }
}
