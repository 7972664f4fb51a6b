import { userInfo } from "node:os";
import type { Pipeline } from "../builder/index.ts";
import { decideGate } from "../host/decide.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

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
  const by = textFlag(command, "by") ?? userInfo().username;
  const reason = textFlag(command, "reason");
  const answer = { approved, by, ...(reason === undefined ? {} : { reason }) };
  const { node } = await decideGate(pipe, run, gate, answer, commonOptions(command));
  const said = approved ? "approved" : "rejected";
  terminal.out.write(`${node} ${said} by ${by}; go on: ${terminal.program} resume ${run}\n`);
  return 0;
}
