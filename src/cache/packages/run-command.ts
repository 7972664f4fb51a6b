import type { StepContext } from "../../ports/index.ts";

export interface Command {
  /** A program and its arguments, none of which a shell reads. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** Variables on top of those that every job gets; a secret as it is in a running node. */
  readonly env: Readonly<Record<string, unknown>>;
}

/** Runs programs as jobs run them. Given from outside: this folder knows no executor. */
export interface CommandRunner {
  /** @throws SluiceError `COMMAND_FAILED`, `COMMAND_NOT_FOUND`; the reason of the context's signal */
  run(command: Command, context: StepContext): Promise<void>;
  /** What the program prints, which is not shown. @throws as {@link CommandRunner.run} */
  ask(command: Command, context: StepContext): Promise<string>;
}
