import { SluiceError, type ErrorCode, type SluiceErrorOptions } from "../../errors/index.ts";

/** How a command ended: by itself with a code, or by a signal with its name. */
export interface CommandEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/**
 * A command failed (`COMMAND_FAILED`) or could not be started (`COMMAND_NOT_FOUND`; then `exitCode` is the code that a
 * shell gives in that case: 127 or 126).
 */
export class CommandError extends SluiceError implements CommandEnd {
  override readonly name = "CommandError";
  readonly exitCode: number | undefined;
  /** For example `SIGKILL`. */
  readonly signal: string | undefined;

  constructor(code: ErrorCode, message: string, end: CommandEnd, options: SluiceErrorOptions = {}) {
    super(code, message, options);
    this.exitCode = end.exitCode;
    this.signal = end.signal;
  }
}

/** The error for a command that ended other than with exit code 0. `command` is its text. */
export function commandFailed(command: string, end: CommandEnd): CommandError {
  const how =
    end.signal === undefined ? `failed with exit code ${String(end.exitCode)}` : `was ended by ${end.signal}`;
  const known = end.signal === undefined ? EXIT_CODES[end.exitCode ?? 0] : SIGNALS[end.signal];
  const meaning = known?.meaning === undefined ? "" : `: ${known.meaning}`;
  return new CommandError("COMMAND_FAILED", `${shortened(command)} ${how}${meaning}`, end, {
    hint: known?.hint,
  });
}

/** The command as a message quotes it: one line, at most 80 characters. */
export function shortened(command: string): string {
  const line = command.replace(/\s+/g, " ");
  return `\`${line.length > 80 ? `${line.slice(0, 79)}…` : line}\``;
}

interface Meaning {
  readonly meaning: string;
  readonly hint?: string;
}

const MEMORY = "Look whether memory ran out: give the job more, or let fewer jobs run at the same time.";

const SIGNALS: Readonly<Record<string, Meaning>> = {
  SIGKILL: { meaning: "killed from outside, often because memory ran out", hint: MEMORY },
  SIGSEGV: { meaning: "it touched memory that is not its own" },
  SIGABRT: { meaning: "it gave up on itself" },
  SIGPIPE: {
    meaning: "what it wrote to was closed",
    hint: "A reader such as head that stops early does this; let it read to the end.",
  },
  SIGXCPU: { meaning: "its limit of processor time was reached" },
  SIGXFSZ: { meaning: "its limit of file size was reached" },
};

const EXIT_CODES: Readonly<Record<number, Meaning>> = {
  126: {
    meaning: "a program in it cannot be executed",
    hint: "Make the file executable (chmod +x), or name the interpreter that runs it.",
  },
  127: {
    meaning: "a program in it was not found",
    hint: "Check its spelling, and that it is installed on the PATH of the job.",
  },
  130: { meaning: "interrupted (SIGINT)" },
  134: { meaning: "aborted (SIGABRT)" },
  137: { meaning: "killed (SIGKILL), often because memory ran out", hint: MEMORY },
  139: { meaning: "it touched memory that is not its own (SIGSEGV)" },
  141: {
    meaning: "what it wrote to was closed (SIGPIPE)",
    hint: "A reader such as head that stops early does this under pipefail; let it read to the end, or end it with `|| true`.",
  },
  143: { meaning: "ended from outside (SIGTERM)" },
};
