import type { Pipeline } from "../builder/index.ts";
import { type ErrorCode, isSluiceError, messageOf } from "../errors/index.ts";
import { sourceOf } from "../host/prepare.ts";
import { readArguments } from "./arguments.ts";
import { helpText } from "./help.ts";
import { perform } from "./perform.ts";
import type { Terminal } from "./terminal.ts";

/** Errors after which nothing has been run: the user's input is to be mended. */
const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "DEFINITION_INVALID",
  "DEFINITION_THREW",
  "PARAMS_INVALID",
  "USAGE",
  "ENTRY_INVALID",
  "NODE_UNKNOWN",
  "RUN_UNKNOWN",
  "TARGET_UNKNOWN",
  "SECRET_MISSING",
  "INPUT_MISSING",
  "DEFINITION_CHANGED",
  "COMMIT_CHANGED",
  "RUN_OVER",
]);

/** Does what a command line says. Gives the exit code and never throws. */
export async function main(pipe: Pipeline, argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const source = sourceOf(pipe);
    if (argv[0] === "help") return await main(pipe, [...argv.slice(1), "--help"], terminal);
    const command = readArguments(argv, source.params);
    if (command.help) {
      terminal.out.write(helpText(terminal.program, source.name, command.verb, source.params));
      return 0;
    }
    return await perform(pipe, command, terminal);
  } catch (error) {
    terminal.err.write(`${describe(error, terminal.env["SLUICE_DEBUG"] !== undefined)}\n`);
    return isSluiceError(error) && USAGE_ERRORS.has(error.code) ? 2 : 1;
  }
}

function describe(error: unknown, debug: boolean): string {
  if (isSluiceError(error) && error.code !== "INTERNAL") {
    return `error: ${error.describe()}${debug ? `\n${error.stack ?? ""}` : ""}`;
  }
  const text = messageOf(error);
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return `error: a defect in Sluice: ${text} [INTERNAL]\n  next:  Report it, with what SLUICE_DEBUG=1 prints.${stack}`;
}
