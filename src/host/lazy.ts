import type { ParamSchemas, Pipeline } from "../builder/index.ts";
import type { Release } from "../model/index.ts";
import type { Answer, TargetStatus } from "../ports/index.ts";
import type { StateOptions } from "./store.ts";
import type { TargetOptions } from "./targets.ts";

// Targets are looked at far less often than pipelines are imported, so their part is loaded when it is called.

/**
 * What is live on a target of the pipeline. Changes nothing.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `STATE_CORRUPT`
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
  options?: TargetOptions<Schemas>,
): Promise<TargetStatus> {
  return await (await import("./targets.ts")).targetStatus(pipe, name, options);
}

/**
 * Takes a target back to an earlier revision: the one before the live one unless `to` names it.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_STATE`, `TARGET_BUSY`, `RELEASE_UNHEALTHY`, `SECRET_MISSING`
 */
export async function rollbackTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetOptions<Schemas> & { readonly to?: number },
): Promise<Release> {
  return await (await import("./targets.ts")).rollbackTarget(pipe, name, options);
}

/**
 * Records that somebody approves or rejects at a gate of a suspended run, as a chat bot or a web page would. Going on is
 * another step: `run(pipe, { run: id, resume: {} })`.
 *
 * @throws SluiceError `RUN_UNKNOWN`, and `RUN_OVER` where the run does not wait there
 *
 * @example
 * ```ts
 * import { decide, run } from "sluice";
 *
 * await decide(pipe, "20261122-203832-4f9a1c", "production/approval", { approved: true, by: "ada" });
 * await run(pipe, { run: "20261122-203832-4f9a1c", resume: {} });
 * ```
 */
export async function decide<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  run: string,
  gate: string,
  answer: Answer,
  options: StateOptions = {},
): Promise<{ readonly node: string }> {
  const { decideGate } = await import("./decide.ts");
  return await decideGate(pipe, run, gate, answer, options);
}

/**
 * Ends everything that runs on a target. Its history stays.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_BUSY`, and `TARGET_STATE` where the target cannot be stopped
 */
export async function stopTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options?: TargetOptions<Schemas>,
): Promise<void> {
  await (await import("./targets.ts")).stopTarget(pipe, name, options);
}
