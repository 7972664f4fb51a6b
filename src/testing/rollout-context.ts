import { SluiceError } from "../errors/index.ts";
import type { PlanNode } from "../model/index.ts";
import type { Clock, FolderCache, RolloutProgress, StepContext, StrategyContext } from "../ports/index.ts";

export interface RolloutContextOptions {
  readonly clock: Clock;
  /** Cancels the rollout. @defaultValue one that never fires */
  readonly signal?: AbortSignal;
  /** What an earlier process told of the rollout before it died; see {@link StepContext.earlier}. @defaultValue nothing */
  readonly earlier?: readonly RolloutProgress[];
}

/** What a strategy is given, and what it has told. */
export interface RolloutContext extends StrategyContext {
  /** The rollout's events so far, in order. */
  readonly events: readonly RolloutProgress[];
  /** Warnings so far. */
  readonly warnings: readonly string[];
  /** What was printed so far. */
  readonly output: string;
}

/**
 * Makes the context for releasing by a strategy in a test, with no run around it.
 *
 * @example
 * ```ts
 * import { blueGreen } from "sluice/deploy";
 * import { rolloutContext, scriptedDriver, virtualClock } from "sluice/testing";
 *
 * const clock = virtualClock();
 * const context = rolloutContext({ clock });
 * const strategy = blueGreen({ soak: "5m" });
 * await clock.run(strategy.release(scriptedDriver({ clock }), strategy.spec as never, context));
 * console.log(context.events.map((event) => event.type));
 * ```
 */
export function rolloutContext({
  clock,
  signal = new AbortController().signal,
  earlier = [],
}: RolloutContextOptions): RolloutContext {
  return new RecordingContext(clock, signal, earlier);
}

class RecordingContext implements RolloutContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly step: StepContext;
  readonly events: RolloutProgress[] = [];
  readonly warnings: string[] = [];
  output = "";

  constructor(clock: Clock, signal: AbortSignal, earlier: readonly RolloutProgress[]) {
    this.clock = clock;
    this.signal = signal;
    const told = earlier.map((event) => ({ ...event, node: NODE.id, at: clock.now() }));
    this.step = { ...detachedStep(signal), earlier: told, ...this.#recorders() };
  }

  emit(event: RolloutProgress): void {
    this.events.push(event);
  }

  #recorders(): Pick<StepContext, "emit" | "write"> {
    const decoder = new TextDecoder();
    return {
      emit: (event) => {
        if (event.type === "warning") this.warnings.push(event.message);
      },
      write: (_stream, chunk) => {
        this.output += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      },
    };
  }
}

/** A deploy node outside any run: it has nothing to restore, nobody to ask and nothing to compare with. */
function detachedStep(signal: AbortSignal): Omit<StepContext, "emit" | "write" | "earlier"> {
  return {
    run: "test",
    pipeline: "test",
    node: NODE,
    attempt: 1,
    startedAt: 0,
    root: "/",
    stateDir: "/.sluice",
    params: {},
    signal,
    env: {},
    processes: { add: () => undefined, remove: () => undefined },
    folders: NO_FOLDERS,
    mask: (text) => text,
    outcome: undefined,
    decisions: [],
    waitingSince: undefined,
    recorded: () => Promise.resolve(),
    restore: ({ name }) =>
      Promise.reject(new SluiceError("ARTIFACT_MISSING", `there is no artifact "${name}" outside a run`)),
    baseline: { previous: () => Promise.resolve(undefined), propose: () => undefined },
    ask: () => Promise.resolve(undefined),
  };
}

const NO_FOLDERS: FolderCache = {
  folder: () => Promise.reject(new SluiceError("STATE_UNWRITABLE", "there is no state folder outside a run")),
  fetch: () => Promise.resolve({ note: "no remote cache" }),
  send: () => Promise.resolve({ note: "no remote cache" }),
};

const NODE: PlanNode = {
  id: "test/deploy",
  name: "deploy",
  stage: "test",
  kind: "deploy",
  needs: [],
  when: null,
  uses: "deploy:scripted",
  with: null,
  retry: { attempts: 1, delay: 0, factor: 1, maxDelay: 0, jitter: 0, on: [] },
  timeout: null,
  grace: 0,
  weight: 1,
  locks: [],
  secrets: [],
  artifacts: {},
  matrix: null,
  cache: null,
  effects: true,
  skipWith: [],
  evidence: [],
  source: null,
};
