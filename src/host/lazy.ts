import type { ParamSchemas, Pipeline } from "../builder/index.ts";
import type { Release } from "../model/index.ts";
import type { Answer, TargetStatus } from "../ports/index.ts";
import type { CheckReport } from "./check-targets.ts";
import type { Cleaned, CleanOptions } from "./clean.ts";
import type { DecisionResult } from "./decide.ts";
import type { FlakyHistory, FlakyOptions } from "./flaky.ts";
import type { StateOptions } from "./store.ts";
import type { TargetAppOptions, TargetOptions } from "./targets.ts";

// Targets are looked at far less often than pipelines are imported, so their part is loaded when it is called.

/**
 * What is live on a target of the pipeline. Changes nothing. Where the target holds several apps, `app` names one.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `STATE_CORRUPT`, and `TARGET_STATE` for several apps of which none is named
 *
 * @example
 * ```ts
 * import { targetStatus } from "sluice";
 *
 * const { stable, url } = await targetStatus(pipe, "production");
 * console.log(stable?.revision, url);
 * ```
 */
export async function targetStatus<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetAppOptions<Schemas>,
): Promise<TargetStatus> {
  return await (await import("./targets.ts")).targetStatus(pipe, name, options);
}

/**
 * What is live on a target of the pipeline, by app where it holds several; one status at least. Changes nothing.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `STATE_CORRUPT`
 *
 * @example
 * ```ts
 * import { targetStatuses } from "sluice";
 *
 * for (const { app, stable } of await targetStatuses(pipe, "production")) console.log(app, stable?.revision);
 * ```
 */
export async function targetStatuses<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetOptions<Schemas>,
): Promise<readonly TargetStatus[]> {
  return await (await import("./targets.ts")).targetStatuses(pipe, name, options);
}

/**
 * Looks whether the pipeline's deploys could work, before one begins: that every secret can be had, and what each target
 * says of programs, packages, credentials, the way there and permissions. Changes nothing. `only` names one target, and
 * leaves the secrets out.
 *
 * @throws SluiceError `TARGET_UNKNOWN`
 *
 * @example
 * ```ts
 * import { checkTargets } from "sluice";
 *
 * const reports = await checkTargets(pipe);
 * const failed = reports.flatMap(({ checks }) => checks).filter(({ state }) => state === "failed");
 * console.log(failed.map(({ what, detail }) => `${what}: ${detail}`));
 * ```
 */
export async function checkTargets<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options?: TargetOptions<Schemas> & { readonly only?: string },
): Promise<readonly CheckReport[]> {
  return await (await import("./check-targets.ts")).checkTargets(pipe, options);
}

/**
 * Takes a target back to an earlier revision: the one before the live one unless `to` names it. Where the target holds
 * several apps, `app` names the one that is meant.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_STATE`, `TARGET_BUSY`, `RELEASE_UNHEALTHY`, and `SECRET_MISSING` where going
 * back needs the secrets of the deploy, as on the local target
 */
export async function rollbackTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetAppOptions<Schemas> & { readonly to?: number },
): Promise<Release> {
  return await (await import("./targets.ts")).rollbackTarget(pipe, name, options);
}

/**
 * Records that somebody approves or rejects at a gate of a suspended run, as a chat bot or a web page would. Going on is
 * another step: `run(pipe, { run: id, resume: {} })`.
 *
 * @returns how many more people must approve: 0 where the run can go on
 * @throws SluiceError `RUN_UNKNOWN`; `RUN_BUSY` where a process is at the run; and `RUN_OVER` where the decision would not
 *   count: nothing waits there, it is decided already, the time is over, or the same person has approved before
 *
 * @example
 * ```ts
 * import { decide, run } from "sluice";
 *
 * const id = "20261122-203832-4f9a1c";
 * const { missing } = await decide(pipe, id, "production/approval", { approved: true, by: "ada" });
 * if (missing === 0) await run(pipe, { run: id, resume: {} });
 * ```
 */
export async function decide<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  run: string,
  gate: string,
  answer: Answer,
  options: StateOptions = {},
): Promise<DecisionResult> {
  const { decideGate } = await import("./decide.ts");
  return await decideGate(pipe, run, gate, answer, options);
}

/**
 * What of a pipeline fails now and then, by the runs recorded: jobs and single tests that passed and failed with the same
 * commit, params and definition, or passed only when they were tried again. Those that cost runs come first.
 *
 * @throws SluiceError `USAGE` where an option is wrong
 *
 * @example
 * ```ts
 * import { flakyHistory } from "sluice";
 *
 * const { flaky } = await flakyHistory(pipe, { since: "14d" });
 * for (const one of flaky) console.log(one.test ?? one.node, `${Math.round(one.rate * 100)} %`, one.lastRun);
 * ```
 */
export async function flakyHistory<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: FlakyOptions = {},
): Promise<FlakyHistory> {
  const history = await import("./flaky.ts");
  return await history.flakyHistory(pipe, options);
}

/**
 * Ends everything that runs on a target, or of its app that is named. Its history stays.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_BUSY`, and `TARGET_STATE` where the target cannot be stopped, or holds
 *   several apps of which none is named
 */
export async function stopTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetAppOptions<Schemas>,
): Promise<void> {
  await (await import("./targets.ts")).stopTarget(pipe, name, options);
}

/**
 * Forgets runs of the pipeline by age, count and size, then the files of artifacts that no run needs any more. What is
 * needed stays: runs that go on or wait, the one that `resume` would go on with, and those from which something on a target
 * comes, or came and can be brought back. Without `olderThan`, `keep` and `maxSize`, runs go that ended more than 30 days
 * ago and are not among the newest 50.
 *
 * @throws SluiceError `USAGE` where an option is wrong; what goes wrong later is in `faults`
 *
 * @example
 * ```ts
 * import { cleanRuns } from "sluice";
 *
 * const { removed, faults } = await cleanRuns(pipe, { olderThan: "14d", keep: 20, maxSize: "5GB" });
 * console.log(removed.map(({ run, why }) => `${run}: ${why}`), faults);
 * ```
 */
export async function cleanRuns<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: CleanOptions = {},
): Promise<Cleaned> {
  return await (await import("./clean.ts")).cleanRuns(pipe, options);
}
