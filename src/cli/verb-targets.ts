import type { Pipeline } from "../builder/index.ts";
import { isSluiceError, messageOf, SluiceError } from "../errors/index.ts";
import { rollbackTarget, stopTarget, type TargetAppOptions } from "../host/targets.ts";
import type { Command } from "./arguments.ts";
import { countFlag } from "./command-options.ts";
import { hearInterrupts, INTERRUPTED } from "./interrupts.ts";
import { shown, targetOptions } from "./target-options.ts";
import type { Terminal } from "./terminal.ts";

export async function performRollback(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const to = countFlag(command, "to");
  const [name = ""] = command.operands;
  const title = shown(name, command);
  return await change(`rollback of ${title}`, command, terminal, async (options) => {
    const release = await rollbackTarget(pipe, name, { ...options, ...(to === undefined ? {} : { to }) });
    return `${title}: revision ${release.revision} is live at ${release.url} (${release.digest.slice(0, 19)})`;
  });
}

export async function performStop(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const [name = ""] = command.operands;
  const title = shown(name, command);
  return await change(`stop of ${title}`, command, terminal, async (options) => {
    await stopTarget(pipe, name, options);
    return `${title}: nothing runs there any more`;
  });
}

/** Changes a target, heeding Ctrl-C: killed in the middle of a move it would stay as it then is. Gives the exit code. */
async function change(
  what: string,
  command: Command,
  terminal: Terminal,
  work: (options: TargetAppOptions) => Promise<string>,
): Promise<number> {
  const ending = new AbortController();
  const interrupts = hearInterrupts(terminal, (signal) => {
    ending.abort(new SluiceError("CANCELLED", `interrupted by ${signal}`));
  });
  try {
    const done = await work({ ...targetOptions(command, terminal), signal: ending.signal });
    terminal.out.write(`${done}\n`);
    return 0;
  } catch (error) {
    if (interrupts.by === undefined) throw error;
    if (!isTheEnding(error, ending.signal)) {
      terminal.err.write(`error: ${isSluiceError(error) ? error.describe() : messageOf(error)}\n`);
    }
    terminal.err.write(
      `${what} was interrupted before it was done: run the same command again to go on from what is there now\n`,
    );
    return INTERRUPTED;
  } finally {
    interrupts.settle();
  }
}

/** Whether work ended with nothing but that it was told to: Node's own waits say so by an error of theirs. */
function isTheEnding(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && error.name === "AbortError");
}
