import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import { Engine, type PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import { createProcessGuard } from "../executors/shell/guard.ts";
import { sweep } from "../executors/shell/sweep.ts";
import { answerConditions, readHead } from "../facts/index.ts";
import type { Plan, RunResult } from "../model/index.ts";
import type { RecordedRun } from "../ports/index.ts";
import { FileBaselineStore, type FileRunStore } from "../stores/fs/index.ts";
import { createMasker } from "../util/mask/index.ts";
import { systemClock } from "./clock.ts";
import { storeOf } from "./decide.ts";
import type { EventStream } from "./event-stream.ts";
import { historyOf } from "./history.ts";
import { lockRun, ownOwner } from "./owner.ts";
import { prepare } from "./prepare.ts";
import { priorResults, restoreInputs } from "./prior.ts";
import { ReporterFan } from "./reporter-fan.ts";
import { checkSameDefinition, checkUntouched, findResumable, unfinished } from "./resume.ts";
import type { RunOptions } from "./run.ts";
import { resolveSecrets } from "./secrets.ts";
import { selectNodes } from "./selection.ts";

/** Puts the parts together for one run: this is where adapters meet the engine. */
export async function execute(
  pipe: Pipeline,
  options: RunOptions,
  id: string,
  signal: AbortSignal,
  events: EventStream,
): Promise<RunResult> {
  const env = options.env ?? process.env;
  const store = storeOf(pipe, options);
  const resuming =
    options.resume === undefined ? undefined : await findResumable(store, pipe.name, options.run);
  const prepared = prepare(pipe, { params: resuming?.plan.params ?? options.params, cwd: options.cwd });
  const { plan, root } = prepared;
  const stateDir = store.location;
  if (resuming !== undefined) await checkSameDefinition(resuming.plan, plan, options.resume?.accept === true);
  const selection =
    resuming === undefined ? selectNodes(plan, options.only, options.from) : unfinished(plan, resuming);
  const recorded =
    resuming ?? (selection === undefined ? undefined : await earlierRun(store, prepared, options.run));
  const prior: ReadonlyMap<string, PriorNode> =
    selection === undefined ? new Map<string, PriorNode>() : priorResults(plan, selection, recorded);
  const history = recorded === undefined ? undefined : historyOf(recorded);
  const secrets = await resolveSecrets(plan, prepared.draft.secrets, selection, { root, env, signal });
  const masker = createMasker([...secrets].map(([name, value]) => ({ name, value })));
  const leaf = await answerConditions(plan, { root, env, base: options.base });
  if (selection !== undefined) await restoreInputs(plan, selection, prior, store.artifacts, root);
  const runId = recorded?.run ?? id;
  // Two that find the same run at the same moment must not both go on with it.
  const lock = resuming === undefined ? undefined : await lockRun(store, runId);
  try {
    if (resuming !== undefined) await checkUntouched(store, resuming);
    return await work();
  } finally {
    await lock?.release();
  }

  async function work(): Promise<RunResult> {
    const recorder = resuming === undefined ? await store.create(runId, plan) : await store.append(runId);
    const processes = createProcessGuard();
    const fan = new ReporterFan(options.reporters ?? [], events);
    try {
      fan.start({ run: runId, plan, root, logs: store.logs(runId) });
      const engine = new Engine({
        run: runId,
        startedAt: recorded?.events[0]?.at,
        plan,
        nodes: prepared.nodes,
        root,
        stateDir,
        env: baseEnv(env, plan.passEnv),
        ...readHead(root),
        secrets,
        masking: masker,
        warnings: masker.warnings,
        recorder,
        artifacts: store.artifacts,
        baselines: new FileBaselineStore(join(stateDir, "baselines")),
        processes,
        clock: systemClock,
        random: Math.random,
        concurrency: concurrencyOf(options.concurrency),
        leaf,
        selection,
        prior,
        decisions: history?.decisions ?? new Map<string, never>(),
        waitingSince: history?.waitingSince ?? new Map<string, never>(),
        resumed: resuming !== undefined,
        owner: ownOwner(),
        listen: (event) => fan.event(event),
        ask: options.approve ?? ((question, stop) => fan.ask(question, stop)),
        signal,
      });
      const result = await engine.run();
      // What left its job's process group is found by its environment. Processes that share a run (--only) must not end
      // each other's jobs this way.
      if (recorded === undefined || resuming !== undefined) await sweep(`${runId}/`);
      await fan.finish(result);
      return result;
    } finally {
      processes.close();
      await recorder.close();
    }
  }
}

function concurrencyOf(asked: number | undefined): number {
  if (asked === undefined) return Math.max(2, availableParallelism());
  if (Number.isSafeInteger(asked) && asked >= 1) return asked;
  throw new SluiceError("USAGE", `concurrency ${String(asked)} is not a whole number of at least 1`);
}

/** The run that left the inputs: the one named, or the newest of the same definition and params. */
async function earlierRun(
  store: FileRunStore,
  { plan }: { readonly plan: Plan },
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
