import type { Pipeline } from "../builder/index.ts";
import { planText } from "../graph/plan-text.ts";
import { previewText } from "../graph/preview-text.ts";
import { measured } from "../graph/width.ts";
import { forecastOf } from "../host/forecast.ts";
import { predict } from "../host/predict.ts";
import { predictCache } from "../host/predict-cache.ts";
import { prepare } from "../host/prepare.ts";
import { withoutRemotes } from "../host/preview/without-remotes.ts";
import { foldersOf } from "../host/store.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import { Output } from "./output.ts";
import type { Terminal } from "./terminal.ts";

export async function performPlan(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const prepared = prepare(pipe, commonOptions(command));
  const { plan, root } = prepared;
  const offline = command.flags["offline"] === true;
  const { env } = terminal;
  const predictions = await predict(plan, { root, env, base: textFlag(command, "base") });
  const { stateDir } = foldersOf(pipe, commonOptions(command));
  // The targets answer while the rest is worked out and read.
  const asked = offline ? [] : previews(prepared, { env, stateDir, predictions });
  const looked = offline ? withoutRemotes(pipe) : pipe;
  const caches = await predictCache(looked, { plan, root, stateDir, env, predictions });
  for (const warning of caches.warnings) terminal.err.write(`warning: ${warning}\n`);
  if (command.flags["json"] === true) {
    const targets = await asked;
    const forecast = forecastOf(plan, { offline, predictions, caches: caches.nodes, targets });
    await new Output(terminal.out).write(`${JSON.stringify({ ...plan, forecast }, undefined, 2)}\n`);
    return 0;
  }
  const look = { color: wantsColor(command, terminal), columns: columnsOf(terminal) };
  const options = { ...look, predictions, caches: caches.nodes };
  terminal.out.write(await measured(() => planText(plan, options)));
  const found = await asked;
  if (found.length > 0) terminal.out.write(`\n${await measured(() => previewText(found, look))}`);
  return 0;
}

/** Loaded only where there is a target to ask. */
async function previews(
  ...[prepared, options]: Parameters<typeof import("../host/preview-targets.ts").previewTargets>
): ReturnType<typeof import("../host/preview-targets.ts").previewTargets> {
  const asks = prepared.nodes.some(
    ({ action }) => action.kind === "deploy" && action.target.preview !== undefined,
  );
  if (!asks) return [];
  const { previewTargets } = await import("../host/preview-targets.ts");
  return await previewTargets(prepared, options);
}

function wantsColor(command: Command, terminal: Terminal): boolean {
  const asked = command.flags["color"];
  if (typeof asked === "boolean") return asked;
  return terminal.out.isTTY && (terminal.env["NO_COLOR"] ?? "") === "" && terminal.env["TERM"] !== "dumb";
}

function columnsOf(terminal: Terminal): number {
  return terminal.out.isTTY ? terminal.out.columns : 100;
}
