import type { Pipeline } from "../builder/index.ts";
import type { PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import { readHead } from "../facts/index.ts";
import type { Plan } from "../model/index.ts";
import type { RecordedRun, RunLock, RunStore } from "../ports/index.ts";
import { askedOf } from "../stores/_shared/fold-nodes.ts";
import { glances, readable, type Warn } from "./glances.ts";
import type { RunHistory } from "./history.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { inputsOf, missingInputs, priorResults } from "./prior.ts";
import { leftOf, rerun } from "./rerun.ts";
import { checkSameCommit, checkSameDefinition, newestOpen, readResumable, unfinished } from "./resume.ts";
import type { RunOptions } from "./run.ts";
import { selectNodes } from "./selection.ts";

/** What a run starts from: nothing, or what an earlier process or run has left. */
export interface Beginning {
  readonly run: string;
  readonly prepared: Prepared;
  /** The same run, as earlier processes have left it. */
  readonly recorded: RecordedRun | undefined;
  /** Ids of the nodes to run; `undefined` is all. */
  readonly selection: ReadonlySet<string> | undefined;
  readonly prior: ReadonlyMap<string, PriorNode>;
  /** The run that `prior` is taken over from, where that is another one. */
  readonly carried: string | undefined;
  /** What else that run has left of the nodes that are taken over from it. */
  readonly left?: Pick<RunHistory, "decisions" | "proposals">;
  readonly resumed: boolean;
  /** Whether it is a part of a run that other processes run other parts of, perhaps at this moment. */
  readonly shared: boolean;
  /** Ids of the nodes that the run is to run, where that is not all and the run is its own. */
  readonly asked: ReadonlySet<string> | undefined;
  readonly lock: RunLock | undefined;
  /** What the user should know of how it was found. */
  readonly warnings: readonly string[];
}

const FRESH = { carried: undefined, resumed: false, lock: undefined, warnings: [] } as const;
const NOTHING: ReadonlyMap<string, PriorNode> = new Map();

/** Finds out what to start from. Where it gives a lock, the caller releases it. */
export async function beginRun(
  pipe: Pipeline,
  options: RunOptions,
  id: string,
  store: RunStore,
): Promise<Beginning> {
  if (options.resume !== undefined) return await resumeRun(pipe, options, store);
  if (options.rerun !== undefined) return await rerun(pipe, options, options.rerun, id, store);
  const prepared = prepare(pipe, { params: options.params, cwd: options.cwd });
  const { plan } = prepared;
  const selection = selectNodes(plan, options.only, options.from);
  const fresh = { ...FRESH, run: id, prepared, selection, shared: false, asked: selection } as const;
  if (selection === undefined) {
    if (options.run !== undefined) await checkIsNew(store, options.run);
    return { ...fresh, recorded: undefined, prior: NOTHING };
  }
  if (options.run !== undefined) {
    const recorded = (await store.list()).includes(id) ? await store.read(id) : undefined;
    const prior = priorResults(plan, selection, recorded);
    return { ...fresh, recorded, prior, shared: true, asked: undefined };
  }
  const warnings: string[] = [];
  const earlier = await earlierRun(store, plan, selection, (message) => warnings.push(message));
  const inputs = inputsOf(plan, selection);
  const prior = new Map([...priorResults(plan, selection, earlier)].filter(([node]) => inputs.has(node)));
  if (earlier === undefined) return { ...fresh, recorded: undefined, prior, warnings };
  return {
    ...fresh,
    recorded: undefined,
    prior,
    warnings,
    carried: earlier.run,
    left: leftOf(earlier, selection),
  };
}

async function resumeRun(pipe: Pipeline, options: RunOptions, store: RunStore): Promise<Beginning> {
  const warnings: string[] = [];
  const run = options.run ?? (await newestOpen(store, pipe.name, (message) => warnings.push(message)));
  const { takeOver = false } = options.resume ?? {};
  const lock = await store.lock(run, takeOver);
  try {
    const recorded = await readResumable(store, run, takeOver);
    const prepared = prepare(pipe, { params: recorded.plan.params, cwd: options.cwd });
    const accept = options.resume?.accept === true;
    await checkSameDefinition(recorded.plan, prepared.plan, accept);
    if (!accept) checkSameCommit(recorded, readHead(prepared.root).commit);
    const selection = unfinished(prepared.plan, recorded);
    const asked = askedOf(recorded.events);
    const prior = priorResults(prepared.plan, selection, recorded, asked);
    return {
      ...FRESH,
      run,
      prepared,
      recorded,
      selection,
      prior,
      resumed: true,
      shared: false,
      asked,
      lock,
      warnings,
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** That all of a pipeline is not run a second time under the name of a run that is there. */
async function checkIsNew(store: RunStore, run: string): Promise<void> {
  if (!(await store.list()).includes(run)) return;
  throw new SluiceError("USAGE", `there is a run ${run} already`, {
    hint: `Go on with it (resume ${run}), run a part of it (--only, --from), or give another id.`,
  });
}

/**
 * The run to take the inputs from: the newest of the same definition and params that has left them all, else the newest
 * of that kind, for the message.
 */
async function earlierRun(
  store: RunStore,
  plan: Plan,
  selection: ReadonlySet<string>,
  warn: Warn,
): Promise<RecordedRun | undefined> {
  let newest: RecordedRun | undefined;
  for await (const { run } of glances(store, plan.pipeline, warn)) {
    const recorded = await readable(run, () => store.read(run), warn);
    if (recorded?.plan.fingerprint !== plan.fingerprint) continue;
    if (missingInputs(plan, selection, recorded).size === 0) return recorded;
    newest ??= recorded;
  }
  return newest;
}
