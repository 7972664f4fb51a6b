import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import { openCaches } from "../cache/index.ts";
import { Engine } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import { createProcessGuard } from "../executors/shell/guard.ts";
import { presentMoment } from "../executors/shell/moment.ts";
import { processCookie } from "../executors/shell/cookie.ts";
import { sweep } from "../executors/shell/sweep.ts";
import { askConditions, verdictsOf } from "../facts/index.ts";
import type { RunResult } from "../model/index.ts";
import type { RunStore } from "../ports/index.ts";
import { ownOwner } from "../stores/_shared/owner.ts";
import { createMasker } from "../util/mask/index.ts";
import { recordedAnswers } from "./answers.ts";
import { beginRun, type Beginning } from "./beginning.ts";
import { systemClock } from "./clock.ts";
import type { EventStream } from "./event-stream.ts";
import { keepFigures } from "./figures.ts";
import { historyOf } from "./history.ts";
import { restoreInputs } from "./inputs.ts";
import { leftBehind } from "./left-behind.ts";
import { sourceOf } from "./prepare.ts";
import { ReporterFan } from "./reporter-fan.ts";
import type { RunOptions } from "./run.ts";
import { resolveOthers, resolveSecrets } from "./secrets.ts";
import { foldersOf, openStore } from "./store.ts";
import { SummaryWatch } from "./summary.ts";

/** Puts the parts together for one run: this is where adapters meet the engine. */
export async function execute(
  pipe: Pipeline,
  options: RunOptions,
  id: string,
  signal: AbortSignal,
  events: EventStream,
): Promise<RunResult> {
  const store = await openStore(pipe, options);
  const beginning = await beginRun(pipe, options, id, store);
  try {
    return await perform(pipe, options, signal, events, store, beginning);
  } finally {
    await beginning.lock?.release();
  }
}

async function perform(
  pipe: Pipeline,
  options: RunOptions,
  signal: AbortSignal,
  events: EventStream,
  store: RunStore,
  beginning: Beginning,
): Promise<RunResult> {
  const { run, prepared, recorded, selection, prior, carried, left, resumed, shared, asked } = beginning;
  const { plan, root } = prepared;
  const { stateDir } = foldersOf(pipe, options);
  const env = options.env ?? process.env;
  const summary = new SummaryWatch({ store, run, plan, root, stateDir, env, recorded, resumed, shared });
  const context = { root, env, signal };
  const secrets = await resolveSecrets(plan, prepared.secrets, selection, context);
  const others = await resolveOthers(plan, prepared.secrets, secrets, context);
  const masker = createMasker([...secrets, ...others].map(([name, value]) => ({ name, value })));
  const known = recordedAnswers(recorded, options.base);
  const answers = await askConditions(plan, { root, env, base: options.base, known });
  // A process that was killed may have left jobs: they must not go on beside what runs them again, or is put in place.
  if (recorded !== undefined) await sweep(leftBehind(recorded, stateDir));
  const gone = resumed && recorded !== undefined ? { recorded, aside: join(stateDir, "aside") } : undefined;
  const restored =
    selection === undefined
      ? []
      : await restoreInputs({ plan, selection, prior, store: store.artifacts, root, left: gone });
  const history = recorded === undefined ? undefined : historyOf(recorded);
  const kept = resumed ? history : left;
  // Of its own jobs none is older than this.
  const since = presentMoment();
  const recorder = resumed ? await store.append(run) : await store.create(run, plan);
  const processes = createProcessGuard();
  const fan = new ReporterFan(options.reporters ?? [], events);
  const jobEnv = baseEnv(env, plan.passEnv);
  try {
    const caches = await openCaches({
      mode: options.cache ?? "use",
      source: sourceOf(pipe).cache,
      context: { root, stateDir, env },
      plan,
      store,
      run,
      logs: recorder.logs,
      jobEnv,
      mask: (text) => masker.mask(text),
    });
    fan.start({ run, plan, root, ...(recorder.logs === undefined ? {} : { logs: recorder.logs }) });
    const engine = new Engine({
      run,
      startedAt: recorded?.events[0]?.at,
      plan,
      nodes: prepared.nodes,
      root,
      stateDir,
      env: jobEnv,
      commit: summary.commit,
      branch: summary.branch,
      secrets,
      masking: masker,
      warnings: [...beginning.warnings, ...masker.warnings, ...restored],
      recorder,
      artifacts: store.artifacts,
      baselines: store.baselines,
      cache: caches.nodes,
      folders: caches.folders,
      processes,
      clock: systemClock,
      random: Math.random,
      concurrency: concurrencyOf(options.concurrency),
      leaf: verdictsOf(answers),
      selection,
      prior,
      carried,
      decisions: (history ?? left)?.decisions ?? new Map<string, never>(),
      waitingSince: history?.waitingSince ?? new Map<string, never>(),
      earlier: history?.rollouts ?? new Map<string, never>(),
      proposals: kept?.proposals ?? new Map<string, never>(),
      resumed,
      start: {
        ...(shared ? { partial: true } : {}),
        ...(asked === undefined ? {} : { only: [...asked] }),
        ...(answers.length === 0 ? {} : { answers }),
      },
      owner: ownOwner(),
      listen: (event) => {
        summary.see(event);
        return fan.event(event);
      },
      ask: options.approve ?? ((question, stop) => fan.ask(question, stop)),
      signal,
    });
    const result = await engine.run();
    const summarized = summary.keep(result);
    const unkept = shared ? await keepFigures(store, run) : undefined;
    if (unkept !== undefined) void fan.event({ type: "warning", at: Date.now(), message: unkept });
    for (const message of (await caches.nodes?.close()) ?? [])
      void fan.event({ type: "warning", at: Date.now(), message });
    // What left its job's process group is found by its environment.
    await sweep(processCookie(run, stateDir), { since });
    const trouble = await summarized;
    if (trouble !== undefined) void fan.event({ type: "warning", at: Date.now(), message: trouble });
    await fan.finish(result);
    return result;
  } finally {
    processes.close();
    await recorder.close();
  }
}

function concurrencyOf(asked: number | undefined): number {
  if (asked === undefined) return Math.max(2, availableParallelism());
  if (Number.isSafeInteger(asked) && asked >= 1) return asked;
  throw new SluiceError("USAGE", `concurrency ${String(asked)} is not a whole number of at least 1`);
}
