import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import { flakyHistory, type FlakyHistory } from "../host/flaky.ts";
import type { FlakyRecord } from "../host/flaky-tally.ts";
import { parseDuration } from "../util/duration.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, countFlag, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

/** More than a screen of them is read by programs, with `--json`. */
const SHOWN = 50;

export async function performFlaky(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const since = textFlag(command, "since");
  if (since !== undefined && !((parseDuration(since) ?? 0) > 0)) {
    throw new SluiceError("USAGE", `--since ${since}: not a length of time`, { hint: "For example 90d." });
  }
  const minRuns = countFlag(command, "min-runs");
  const history = await flakyHistory(pipe, {
    ...commonOptions(command),
    env: terminal.env,
    ...(since === undefined ? {} : { since }),
    ...(minRuns === undefined ? {} : { minRuns }),
  });
  for (const fault of history.faults) terminal.err.write(`warning: ${fault}\n`);
  const text =
    command.flags["json"] === true
      ? JSON.stringify(history, undefined, 2)
      : textOf(history, terminal.program);
  terminal.out.write(`${text}\n`);
  return 0;
}

function textOf(history: FlakyHistory, program: string): string {
  const { pipeline, flaky, runs, comparable } = history;
  const lines = [
    `${flaky.length === 0 ? "nothing" : flaky.length} flaky in ${counted(runs, "run")} of "${pipeline}" since ${day(history.since)}`,
  ];
  if (comparable < runs) {
    lines.push(
      `${counted(runs - comparable, "run")} cannot be compared: the work tree had changes, or was no git checkout`,
    );
  }
  for (const one of flaky.slice(0, SHOWN)) lines.push("", ...recordText(one, program));
  if (flaky.length > SHOWN) lines.push("", `and ${flaky.length - SHOWN} more: see --json`);
  return lines.join("\n");
}

function recordText(one: FlakyRecord, program: string): readonly string[] {
  const seen = [
    one.failed === 0 ? undefined : `failed ${one.failed}`,
    one.retried === 0 ? undefined : `passed on a retry ${one.retried}`,
  ];
  const cost = one.cost === 0 ? "" : `cost ${counted(one.cost, "run")}; `;
  const commits = one.commits === 0 ? "" : `, on ${counted(one.commits, "commit")}`;
  const often = `${seen.filter((part) => part !== undefined).join(" and ")} of ${counted(one.runs, "run")}`;
  return [
    `  ${one.test === undefined ? one.node : `${one.test}  (test of ${one.node})`}`,
    `      ${cost}${often} (${percent(one.rate)})${commits}`,
    `      last ${day(one.lastAt)}: ${program} logs ${one.lastRun} ${one.node}`,
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
