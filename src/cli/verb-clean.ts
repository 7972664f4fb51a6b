import type { Pipeline } from "../builder/index.ts";
import { cleanRuns, type Cleaned } from "../host/clean.ts";
import { formatBytes } from "../reporters/text/numbers.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, countFlag, textFlag } from "./command-options.ts";
import { Output } from "./output.ts";
import type { Terminal } from "./terminal.ts";

export async function performClean(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const olderThan = textFlag(command, "older-than");
  const keep = countFlag(command, "keep");
  const maxSize = textFlag(command, "max-size");
  const cleaned = await cleanRuns(pipe, {
    ...commonOptions(command),
    env: terminal.env,
    dryRun: command.flags["dry-run"] === true,
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(keep === undefined ? {} : { keep }),
    ...(maxSize === undefined ? {} : { maxSize }),
  });
  const text = command.flags["json"] === true ? JSON.stringify(cleaned, undefined, 2) : textOf(cleaned);
  await new Output(terminal.out).write(`${text}\n`);
  for (const fault of cleaned.faults) terminal.err.write(`warning: ${fault}\n`);
  return cleaned.faults.length === 0 ? 0 : 1;
}

function textOf({ dryRun, removed, kept, artifacts, summaries, cache }: Cleaned): string {
  const did = dryRun ? "would remove" : "removed";
  const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
  return [
    ...removed.map(({ run, state, why }) => `${did} ${run}  ${state}: ${why}`),
    ...kept.map(({ run, why }) => `kept ${run}: ${why}`),
    `${did} ${counted(removed.length, "run")} (${formatBytes(bytes)}), ${counted(artifacts.files, "file")} of artifacts` +
      ` (${formatBytes(artifacts.bytes)}), ${summaries === 1 ? "1 summary" : `${summaries} summaries`},` +
      ` ${counted(cache.results, "cached result")} (${formatBytes(cache.bytes)})`,
  ].join("\n");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
