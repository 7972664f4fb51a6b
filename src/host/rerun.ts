import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { RecordedRun, RunStore } from "../ports/index.ts";
import type { Beginning } from "./beginning.ts";
import { askedOf } from "../stores/_shared/fold-nodes.ts";
import { glances, type Warn } from "./glances.ts";
import { historyOf, type RunHistory } from "./history.ts";
import { checkOfPipeline } from "./of-pipeline.ts";
import { prepare } from "./prepare.ts";
import { priorResults } from "./prior.ts";
import { checkSameDefinition, unfinished } from "./resume.ts";
import type { RunOptions } from "./run.ts";

/**
 * A new run with the params of an earlier one, and with what succeeded there where only the rest is asked for.
 *
 * @throws SluiceError `RUN_UNKNOWN`, `RUN_OVER`, `RUN_BUSY`, `DEFINITION_CHANGED`, `INPUT_MISSING`, `USAGE`
 */
export async function rerun(
  pipe: Pipeline,
  options: RunOptions,
  { of, failed = false, accept = false }: NonNullable<RunOptions["rerun"]>,
  run: string,
  store: RunStore,
): Promise<Beginning> {
  await checkOptions(options, run, store);
  const earlier = await store.read(of);
  checkOfPipeline(earlier, pipe);
  const prepared = prepare(pipe, { params: earlier.plan.params, cwd: options.cwd });
  await checkSameDefinition(earlier.plan, prepared.plan, accept);
  const fresh = {
    run,
    prepared,
    recorded: undefined,
    resumed: false,
    shared: false,
    asked: undefined,
    lock: undefined,
    warnings: [],
  } as const;
  if (!failed) return { ...fresh, selection: undefined, prior: new Map<string, never>(), carried: undefined };
  checkFailed(earlier);
  const asked = askedOf(earlier.events);
  const selection = unfinished(prepared.plan, earlier);
  const prior = priorResults(prepared.plan, selection, earlier, asked);
  return { ...fresh, asked, selection, prior, carried: of, left: leftOf(earlier, selection) };
}

/** The newest run of the pipeline that has ended, one way or the other. @throws SluiceError `RUN_UNKNOWN` where there is none */
export async function newestEnded(store: RunStore, pipeline: string, warn: Warn): Promise<string> {
  for await (const { run, state } of glances(store, pipeline, warn)) {
    if (state === "passed" || state === "failed" || state === "cancelled") return run;
  }
  throw new SluiceError("RUN_UNKNOWN", `no run of "${pipeline}" in ${store.location} has ended`, {
    hint: "Start one, or name a run: see runs.",
  });
}

/** What a rerun takes from the earlier run cannot be asked for otherwise. */
async function checkOptions(options: RunOptions, run: string, store: RunStore): Promise<void> {
  const parts = Object.keys(options.params ?? {}).length > 0 ? ["params"] : [];
  if ((options.only ?? []).length > 0) parts.push("only");
  if (options.from !== undefined) parts.push("from");
  if (parts.length > 0) {
    throw new SluiceError("USAGE", `rerun cannot go together with ${parts.join(", ")}`, {
      hint: "A rerun has the params of the earlier run and runs all of it, or with failed what has not succeeded.",
    });
  }
  if (options.run !== undefined && (await store.list()).includes(run)) {
    throw new SluiceError("USAGE", `there is a run "${run}" already, and a rerun is a new run`, {
      hint: "Leave the id out, or give another one.",
    });
  }
}

function checkFailed(earlier: RecordedRun): void {
  const { run } = earlier;
  const { state } = historyOf(earlier);
  switch (state) {
    case "running":
      throw new SluiceError("RUN_BUSY", `run ${run} is being run: what fails in it is not known yet`, {
        hint: "Wait for it, or end that process first.",
      });
    case "passed":
      throw new SluiceError("RUN_OVER", `run ${run} has passed: nothing of it has failed`, {
        hint: `Run all of it again: rerun ${run}.`,
      });
    case "suspended":
      throw new SluiceError("RUN_OVER", `run ${run} waits for an answer: nothing of it has failed`, {
        hint: `Answer and go on with it (approve, resume), or run all of it again: rerun ${run}.`,
      });
    case "failed":
    case "cancelled":
    case "interrupted":
  }
}

/** Decisions at gates that are run again belong to the earlier run alone: they are asked for again. */
export function leftOf(
  earlier: RecordedRun,
  selection: ReadonlySet<string>,
): Pick<RunHistory, "decisions" | "proposals"> {
  const { decisions, proposals } = historyOf(earlier);
  return { decisions: outside(decisions, selection), proposals: outside(proposals, selection) };
}

function outside<T>(values: ReadonlyMap<string, T>, selection: ReadonlySet<string>): ReadonlyMap<string, T> {
  return new Map([...values].filter(([node]) => !selection.has(node)));
}
