import type { Pipeline } from "../builder/index.ts";
import { checkTargets, type CheckReport } from "../host/check-targets.ts";
import type { TargetCheck } from "../ports/index.ts";
import type { Command } from "./arguments.ts";
import { commonOptions } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

/** Exit code 1 where anything that a deploy needs is missing. */
export async function performDoctor(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const [only] = command.operands;
  const reports = await checkTargets(pipe, {
    ...commonOptions(command),
    env: terminal.env,
    log: (text) => {
      terminal.err.write(text);
    },
    ...(only === undefined ? {} : { only }),
  });
  const failed = reports.flatMap(({ checks }) => checks).filter(({ state }) => state === "failed").length;
  const text =
    command.flags["json"] === true
      ? JSON.stringify(reports, undefined, 2)
      : [...reports.map((one) => reportText(one, reports)), summary(reports, failed)].join("\n\n");
  terminal.out.write(`${text}\n`);
  return failed === 0 ? 0 : 1;
}

function summary(reports: readonly CheckReport[], failed: number): string {
  if (reports.length === 0) return "The pipeline deploys nothing with these params.";
  if (failed === 0) return "Nothing is missing.";
  return failed === 1 ? "One thing is missing." : `${failed} things are missing.`;
}

function reportText({ about, kind, node, checks }: CheckReport, all: readonly CheckReport[]): string {
  const once = all.filter((one) => one.about === about && one.kind === kind).length === 1;
  const title = kind === undefined ? about : `${about} (${kind})${once ? "" : `, for ${String(node)}`}`;
  const width = Math.max(...checks.map(({ what }) => what.length));
  return [title, ...checks.map((one) => checkText(one, width))].join("\n");
}

function checkText({ what, state, detail, hint }: TargetCheck, width: number): string {
  const line = `  ${state.padEnd(7)}  ${what.padEnd(width)}  ${detail.replaceAll("\n", `\n${" ".repeat(width + 13)}`)}`;
  return hint === undefined ? line : `${line}\n${" ".repeat(width + 13)}-> ${hint}`;
}
