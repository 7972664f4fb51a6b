import type { CompiledNode } from "../compile/index.ts";
import { isSluiceError, SluiceError } from "../errors/index.ts";
import type { Artifact, Json, ResultOrigin } from "../model/index.ts";
import { formatDuration } from "../util/duration.ts";
import { perform, Suspended } from "./actions.ts";
import { throughCache } from "./cached.ts";
import type { NodeRun } from "./node-run.ts";
import { toOutput } from "./output.ts";
import type { Values } from "./resolve.ts";
import type { EngineInput } from "./types.ts";

/** Beyond the node's own grace, what code that ignores its signal is given before the engine stops waiting for it. */
const ABANDON_AFTER = 5_000;
const NO_ARTIFACTS: readonly Artifact[] = Object.freeze([]);

export type AttemptResult =
  | {
      readonly kind: "succeeded";
      readonly output: Json | undefined;
      readonly artifacts: readonly Artifact[];
      readonly from?: ResultOrigin;
    }
  | { readonly kind: "suspended"; readonly reason: string }
  | { readonly kind: "failed"; readonly error: unknown };

/** Runs one attempt and tells `done` once: in this turn where the node's work ends in it. */
export function attempt(
  compiled: CompiledNode,
  run: NodeRun,
  values: Values,
  input: EngineInput,
  done: (result: AttemptResult) => void,
): void {
  const execute = (): AttemptResult | Promise<AttemptResult> => work(compiled, run, values, input);
  if (run.node.cache !== null && input.cache !== undefined) {
    void throughCache(input.cache, run, values, execute).then(({ result, keep }) => {
      finish(run, result, (ended) => {
        if (keep === undefined || ended.kind !== "succeeded") done(ended);
        else
          void keep(ended).then(() => {
            done(ended);
          });
      });
    });
    return;
  }
  const result = execute();
  if (result instanceof Promise) {
    void result.then((late) => {
      input.cache?.ran(run.node);
      finish(run, late, done);
    });
  } else {
    input.cache?.ran(run.node);
    finish(run, result, done);
  }
}

function work(
  compiled: CompiledNode,
  run: NodeRun,
  values: Values,
  input: EngineInput,
): AttemptResult | Promise<AttemptResult> {
  try {
    const value = perform(compiled, run, values, input);
    return isThenable(value) ? settle(value, run, input) : conclude(value, run, input);
  } catch (error) {
    return { kind: "failed", error };
  }
}

async function settle(value: PromiseLike<unknown>, run: NodeRun, input: EngineInput): Promise<AttemptResult> {
  const timers = new Timers(input);
  const given = new Promise<never>((_resolve, reject) => {
    run.onAbort = (reason) => {
      timers.after(run.node.grace + ABANDON_AFTER, () => {
        reject(reason);
      });
    };
  });
  const { timeout } = run.node;
  if (timeout !== null) {
    timers.after(timeout, () => {
      run.abort(timedOut(timeout));
    });
  }
  try {
    return await conclude(await Promise.race([value, given]), run, input);
  } catch (error) {
    return { kind: "failed", error: run.abortReason ?? error };
  } finally {
    timers.stop();
  }
}

/** What waits beside a node's work. Most nodes need none, so nothing is made before it is asked for. */
class Timers {
  readonly #input: EngineInput;
  #controller: AbortController | undefined;

  constructor(input: EngineInput) {
    this.#input = input;
  }

  after(ms: number, then: () => void): void {
    this.#controller ??= new AbortController();
    this.#input.clock.sleep(ms, this.#controller.signal).then(then, () => undefined);
  }

  stop(): void {
    this.#controller?.abort(OVER);
  }
}

const OVER = new SluiceError("CANCELLED", "the attempt is over");

function conclude(value: unknown, run: NodeRun, input: EngineInput): AttemptResult | Promise<AttemptResult> {
  if (value instanceof Suspended) return { kind: "suspended", reason: value.reason };
  // A timeout counts even where the work then ended well; a cancellation that came too late does not undo work.
  const reason = run.abortReason;
  if (reason !== undefined && !isCancellation(reason)) return { kind: "failed", error: reason };
  let output: Json | undefined;
  try {
    output = toOutput(value);
    if (output !== undefined) output = input.masking.maskJson(output);
  } catch (error) {
    return { kind: "failed", error };
  }
  const globs = Object.entries(run.node.artifacts);
  if (globs.length === 0) return { kind: "succeeded", output, artifacts: NO_ARTIFACTS };
  return saveArtifacts(globs, run, input).then(
    (artifacts) => ({ kind: "succeeded", output, artifacts }),
    (error: unknown) => ({ kind: "failed", error }),
  );
}

async function saveArtifacts(
  globs: readonly (readonly [string, readonly string[]])[],
  run: NodeRun,
  input: EngineInput,
): Promise<readonly Artifact[]> {
  const saved: Artifact[] = [];
  for (const [name, patterns] of globs) {
    const artifact = await input.artifacts.save(name, patterns, input.root);
    const revealing = artifact.files.find((file) => input.masking.mask(file.path) !== file.path);
    if (revealing !== undefined) {
      throw new SluiceError("SECRET_EXPOSED", `artifact "${name}" has a file whose path holds a secret`, {
        hint: "Name the file otherwise: paths are recorded and shown.",
      });
    }
    run.emit({ type: "artifact.stored", artifact });
    saved.push(artifact);
  }
  return saved;
}

function finish(run: NodeRun, result: AttemptResult, done: (result: AttemptResult) => void): void {
  if (!run.printed) {
    done(result);
    return;
  }
  void run.finish().then(
    () => {
      done(
        run.abortReason !== undefined && result.kind === "succeeded" && !isCancellation(run.abortReason)
          ? { kind: "failed", error: run.abortReason }
          : result,
      );
    },
    (error: unknown) => {
      done({ kind: "failed", error });
    },
  );
}

function timedOut(timeout: number): SluiceError {
  return new SluiceError("TIMEOUT", `it ran longer than its timeout of ${formatDuration(timeout)}`, {
    hint: "Raise `timeout`, or find out what it waits for in its log.",
  });
}

export function isCancellation(error: unknown): boolean {
  return isSluiceError(error) && error.code === "CANCELLED";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
