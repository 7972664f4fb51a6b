import type { Pipeline } from "../builder/index.ts";
import type { PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { RecordedRun, RunLock, RunStore } from "../ports/index.ts";
import type { RunHistory } from "./history.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { priorResults } from "./prior.ts";
import { rerun } from "./rerun.ts";
import { checkSameDefinition, newestOpen, readResumable, unfinished } from "./resume.ts";
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
  readonly lock: RunLock | undefined;
}

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
  const selection = selectNodes(prepared.plan, options.only, options.from);
  const fresh = { prepared, selection, carried: undefined, resumed: false, lock: undefined } as const;
  if (selection === undefined) {
    if (options.run !== undefined) await checkIsNew(store, options.run);
    return { ...fresh, run: id, recorded: undefined, prior: NOTHING };
  }
  const recorded = await earlierRun(store, prepared, options.run);
  const prior = priorResults(prepared.plan, selection, recorded);
  return { ...fresh, run: recorded?.run ?? id, recorded, prior };
}

async function resumeRun(pipe: Pipeline, options: RunOptions, store: RunStore): Promise<Beginning> {
  const run = options.run ?? (await newestOpen(store, pipe.name));
  const { takeOver = false } = options.resume ?? {};
  const lock = await store.lock(run, takeOver);
  try {
    const recorded = await readResumable(store, run, takeOver);
    const prepared = prepare(pipe, { params: recorded.plan.params, cwd: options.cwd });
    await checkSameDefinition(recorded.plan, prepared.plan, options.resume?.accept === true);
    const selection = unfinished(prepared.plan, recorded);
    const prior = priorResults(prepared.plan, selection, recorded);
    return { run, prepared, recorded, selection, prior, carried: undefined, resumed: true, lock };
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

/** The run that left the inputs: the one named, or the newest of the same definition and params. */
async function earlierRun(
  store: RunStore,
  { plan }: Prepared,
  named: string | undefined,
): Promise<RecordedRun | undefined> {
  const known = await store.list();
  if (named !== undefined) return known.includes(named) ? await store.read(named) : undefined;
  for (const id of known) {
    if ((await store.glance(id)).pipeline !== plan.pipeline) continue;
    const recorded = await store.read(id);
    if (recorded.plan.fingerprint === plan.fingerprint) return recorded;
  }
  return undefined;
}
