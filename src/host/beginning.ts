import type { Pipeline } from "../builder/index.ts";
import type { PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { RecordedRun, RunLock, RunStore } from "../ports/index.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { priorResults } from "./prior.ts";
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
  if (selection === undefined) return { ...fresh, run: id, recorded: undefined, prior: NOTHING };
  const recorded = await earlierRun(store, prepared, options.run);
  const prior = priorResults(prepared.plan, selection, recorded);
  return { ...fresh, run: recorded?.run ?? id, recorded, prior };
}

async function resumeRun(pipe: Pipeline, options: RunOptions, store: RunStore): Promise<Beginning> {
  const run = options.run ?? (await newestOpen(store, pipe.name));
  const lock = await store.lock(run);
  try {
    const recorded = await readResumable(store, run);
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

/** A new run with the params of an earlier one, and with what succeeded there where only the rest is asked for. */
async function rerun(
  pipe: Pipeline,
  options: RunOptions,
  { of, failed = false, accept = false }: NonNullable<RunOptions["rerun"]>,
  run: string,
  store: RunStore,
): Promise<Beginning> {
  const earlier = await store.read(of);
  const prepared = prepare(pipe, { params: earlier.plan.params, cwd: options.cwd });
  await checkSameDefinition(earlier.plan, prepared.plan, accept);
  const fresh = { run, prepared, recorded: undefined, resumed: false, lock: undefined } as const;
  if (!failed) return { ...fresh, selection: undefined, prior: NOTHING, carried: undefined };
  const selection = unfinished(prepared.plan, earlier);
  const hasFailed = earlier.events.some((event) => event.type === "node.failed" && selection.has(event.node));
  if (!hasFailed) {
    throw new SluiceError("RUN_OVER", `nothing of run ${of} has failed`, {
      hint: "Go on with it (resume), or run all of it again: rerun RUN.",
    });
  }
  return { ...fresh, selection, prior: priorResults(prepared.plan, selection, earlier), carried: of };
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
    const recorded = await store.read(id);
    if (recorded.plan.fingerprint === plan.fingerprint) return recorded;
  }
  return undefined;
}
