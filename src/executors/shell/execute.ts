import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { captureTail, captureWhole } from "./capture.ts";
import { CommandError, commandFailed, shortened } from "./command-error.ts";
import { processCookie } from "./cookie.ts";
import { directArguments } from "./direct.ts";
import { renderCommand } from "./render.ts";
import { parseJson, splitLines, tooLong, type OutputSchema } from "./parse-output.ts";
import { checkCommand, environment, standardInput, workingDirectory } from "./resolve.ts";
import { runProcess } from "./run-process.ts";
import type { ShellOutput, ShellSpec } from "./spec.ts";

/** What is started: a program with its arguments. */
type Program = readonly [file: string, ...args: string[]];

/**
 * Runs a command with everything in its spec resolved.
 *
 * @returns the output that `spec.capture` asks for
 * @throws COMMAND_FAILED, COMMAND_NOT_FOUND ({@link CommandError}); INPUT_MISSING, OUTPUT_INVALID for a value that no
 * command can take; the reason of the context's signal
 */
export async function executeShell<T>(
  spec: ShellSpec,
  context: StepContext,
  schema: OutputSchema<T> | undefined,
): Promise<ShellOutput | string | string[] | T> {
  checkCommand(spec, context);
  const command = renderCommand(spec, unknownValue);
  const text = await run(spec, command, context);
  if (text === undefined) throw tooLong(command);
  switch (spec.capture) {
    case "tail":
      return { stdout: text, exitCode: 0 };
    case "text":
      return text.trim();
    case "lines":
      return splitLines(text);
    case "json":
      return parseJson(text, schema, command);
  }
}

/** Of this process. Tells its jobs apart; the process's id does so among those that share a run. */
// eslint-disable-next-line no-restricted-syntax -- a count that is never read back, only to be unique in this process
let started = 0;

/** What it printed on standard output; `undefined` where that is too long. */
async function run(spec: ShellSpec, command: string, context: StepContext): Promise<string | undefined> {
  const capture = spec.capture === "tail" ? captureTail() : captureWhole();
  // Begins with the run and the process, so that one sweep at its end finds what any of its jobs left behind. Ends with a
  // dot, so that no job's is the beginning of another one's.
  const cookie = `${processCookie(context.run, context.stateDir)}${started++}.`;
  const env = environment(spec, context, cookie);
  const options = {
    cwd: workingDirectory(spec, context),
    env,
    stdin: standardInput(spec, context),
    signal: context.signal,
    grace: context.node.grace,
    cookie,
    guard: context.processes,
    write: (stream: "stdout" | "stderr", chunk: Uint8Array) => {
      if (stream === "stdout") capture.add(chunk);
      return context.write(stream, chunk);
    },
  };
  const start = async ([file, ...args]: Program): ReturnType<typeof runProcess> => {
    try {
      return await runProcess({ ...options, file, args });
    } catch (error) {
      throw await startError(error, file, command, options.cwd, env["PATH"]);
    }
  };

  const shell = shellProgram(spec.shell, command);
  // A start-up file named by BASH_ENV may change what any word means.
  const direct = "BASH_ENV" in env ? undefined : directArguments(spec.command);
  const end = await start(direct ?? shell).catch((error: unknown) => {
    // A script without an interpreter line: a shell reads it itself.
    if (direct !== undefined && codeOf(error) === "ENOEXEC") return start(shell);
    throw error;
  });
  if (end.exitCode !== 0) throw commandFailed(command, end);
  return capture.text();
}

function shellProgram(shell: ShellSpec["shell"], command: string): Program {
  switch (shell) {
    case "bash":
      return ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command];
    case "sh":
      return ["sh", "-e", "-c", command];
  }
}

/** The error as a user should read it, where a process could not be started; any other as it is. */
async function startError(
  error: unknown,
  file: string,
  command: string,
  cwd: string,
  path: string | undefined,
): Promise<unknown> {
  if (!(error instanceof Error && "syscall" in error && String(error.syscall).startsWith("spawn")))
    return error;
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      if (!(await isFolder(cwd))) {
        return new SluiceError(
          "COMMAND_NOT_FOUND",
          `${shortened(command)} cannot start: there is no folder ${cwd}`,
          {
            hint: "Correct cwd, or create the folder in a job before.",
            cause: error,
          },
        );
      }
      return notFound(file, cwd, path, error);
    case "EACCES":
      return new CommandError(
        "COMMAND_NOT_FOUND",
        `${file} cannot be executed: permission denied`,
        { exitCode: 126, signal: undefined },
        { hint: `Make it executable (chmod +x), and see that ${cwd} may be entered.`, cause: error },
      );
    case "E2BIG":
      return new SluiceError("COMMAND_NOT_FOUND", `${shortened(command)} is too long for the system`, {
        hint: "Pass long values by sh({ stdin }) or by a file.",
        cause: error,
      });
    default:
      return error;
  }
}

async function notFound(
  file: string,
  cwd: string,
  path: string | undefined,
  cause: unknown,
): Promise<CommandError> {
  const [problem, hint] = !file.includes("/")
    ? [
        "was not found on the PATH",
        `${file === "bash" ? NO_BASH : INSTALL}. The job's PATH is ${path ?? "not set"}.`,
      ]
    : (await exists(resolve(cwd, file)))
      ? ["names an interpreter in its first line that does not exist", "Install it, or correct the line."]
      : ["does not exist", "Check the spelling; paths start at the working directory, not at the PATH."];
  return new CommandError(
    "COMMAND_NOT_FOUND",
    `${file} ${problem}`,
    { exitCode: 127, signal: undefined },
    { hint, cause },
  );
}

const INSTALL = "Check the spelling, or install it";
const NO_BASH = 'Install bash, or use sh({ shell: "sh" })';

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function unknownValue(value: unknown): never {
  throw new SluiceError("INTERNAL", `a command was run with an unresolved value: ${JSON.stringify(value)}`);
}
