import type { Pipeline } from "../builder/index.ts";
import { planText } from "../graph/plan-text.ts";
import { measured } from "../graph/width.ts";
import { predict } from "../host/predict.ts";
import { predictCache } from "../host/predict-cache.ts";
import { prepare } from "../host/prepare.ts";
import { foldersOf } from "../host/store.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

export async function performPlan(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const { plan, root } = prepare(pipe, commonOptions(command));
  if (command.flags["json"] === true) {
    terminal.out.write(`${JSON.stringify(plan, undefined, 2)}\n`);
    return 0;
  }
  const predictions = await predict(plan, { root, env: terminal.env, base: textFlag(command, "base") });
  const { stateDir } = foldersOf(pipe, commonOptions(command));
  const caches = await predictCache(pipe, { plan, root, stateDir, env: terminal.env, predictions });
  for (const warning of caches.warnings) terminal.err.write(`warning: ${warning}\n`);
  const options = {
    color: wantsColor(command, terminal),
    columns: columnsOf(terminal),
    predictions,
    caches: caches.nodes,
  };
  terminal.out.write(await measured(() => planText(plan, options)));
  return 0;
}

function wantsColor(command: Command, terminal: Terminal): boolean {
  const asked = command.flags["color"];
  if (typeof asked === "boolean") return asked;
  return terminal.out.isTTY && (terminal.env["NO_COLOR"] ?? "") === "" && terminal.env["TERM"] !== "dumb";
}

function columnsOf(terminal: Terminal): number {
  return terminal.out.isTTY ? terminal.out.columns : 100;
}
