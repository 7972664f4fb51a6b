import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import { decideGate } from "../host/decide.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";
import { whoIsThere } from "./who.ts";

export async function performApprove(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  return await decide(pipe, command, terminal, true);
}

export async function performReject(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  return await decide(pipe, command, terminal, false);
}

async function decide(
  pipe: Pipeline,
  command: Command,
  terminal: Terminal,
  approved: boolean,
): Promise<number> {
  const [run = "", gate = ""] = command.operands;
  const by = textFlag(command, "by") ?? whoIsThere(terminal.env);
  if (by === undefined)
    throw new SluiceError("USAGE", "who decides is not known", { hint: "Say it: --by NAME." });
  const reason = textFlag(command, "reason");
  const answer = { approved, by, ...(reason === undefined ? {} : { reason }) };
  const options = { ...commonOptions(command), env: terminal.env };
  const { node, missing } = await decideGate(pipe, run, gate, answer, options);
  const next =
    missing === 0
      ? `go on: ${terminal.program} resume ${run}`
      : `${missing} more ${missing === 1 ? "person" : "people"} must approve`;
  terminal.out.write(`${node} ${approved ? "approved" : "rejected"} by ${by}; ${next}\n`);
  return 0;
}
