import type { Pipeline } from "../builder/index.ts";
import {
  rollbackTarget,
  stopTarget,
  targetNames,
  targetStatus,
  targetStatuses,
  type TargetAppOptions,
} from "../host/targets.ts";
import type { RevisionStatus, TargetStatus } from "../ports/index.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, countFlag, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

export async function performStatus(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const options = optionsOf(command, terminal);
  const [only] = command.operands;
  const names = only === undefined ? targetNames(pipe, options) : [only];
  const found = await Promise.all(names.map((name) => targetStatuses(pipe, name, options)));
  const statuses = found.flat();
  const text =
    command.flags["json"] === true
      ? JSON.stringify(statuses, undefined, 2)
      : statuses.map(statusText).join("\n\n") || "The pipeline deploys nothing with these params.";
  terminal.out.write(`${text}\n`);
  return 0;
}

export async function performHistory(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const [name = ""] = command.operands;
  const { history } = await targetStatus(pipe, name, optionsOf(command, terminal));
  const lines = history.map((one) => `${one.state.padEnd(9)}  ${revisionText(one)}`);
  const text =
    command.flags["json"] === true
      ? JSON.stringify(history, undefined, 2)
      : lines.join("\n") || `Nothing was ever released to ${shown(name, command)}.`;
  terminal.out.write(`${text}\n`);
  return 0;
}

export async function performRollback(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const to = countFlag(command, "to");
  const [name = ""] = command.operands;
  const release = await rollbackTarget(pipe, name, {
    ...optionsOf(command, terminal),
    ...(to === undefined ? {} : { to }),
  });
  terminal.out.write(
    `${shown(name, command)}: revision ${release.revision} is live at ${release.url} (${release.digest.slice(0, 19)})\n`,
  );
  return 0;
}

export async function performStop(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const [name = ""] = command.operands;
  await stopTarget(pipe, name, optionsOf(command, terminal));
  terminal.out.write(`${shown(name, command)}: nothing runs there any more\n`);
  return 0;
}

/** A target, and the app on it that was asked for. */
function shown(target: string, command: Command): string {
  return titleOf(target, textFlag(command, "app"));
}

function titleOf(target: string, app: string | undefined): string {
  return app === undefined ? target : `${target} (${app})`;
}

function optionsOf(command: Command, terminal: Terminal): TargetAppOptions {
  const app = textFlag(command, "app");
  return {
    ...commonOptions(command),
    ...(app === undefined ? {} : { app }),
    env: terminal.env,
    log: (text) => {
      terminal.err.write(text);
    },
  };
}

function statusText(status: TargetStatus): string {
  const lines = [`${titleOf(status.target, status.app)}${status.url === undefined ? "" : `  ${status.url}`}`];
  if (status.stable === undefined) lines.push("  nothing is live");
  else lines.push(`  live       ${revisionText(status.stable)}`);
  if (status.candidate !== undefined) {
    lines.push(`  candidate  ${revisionText(status.candidate)}, ${status.weight} % of the traffic`);
  }
  const older = status.history.filter((one) => one.state === "retired" || one.state === "aborted");
  for (const one of older.slice(0, 5)) lines.push(`  ${one.state.padEnd(9)}  ${revisionText(one)}`);
  return lines.join("\n");
}

function revisionText(one: RevisionStatus): string {
  const when = new Date(one.createdAt).toISOString().slice(0, 19).replace("T", " ");
  const ready = one.state === "live" || one.state === "candidate" ? `, ${one.ready} ready` : "";
  return `revision ${one.revision}  ${one.digest.slice(7, 19)}  ${when}  run ${one.run}${ready}`;
}
