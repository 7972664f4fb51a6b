import type { Input, RefCore, Secret } from "../../model/index.ts";
import type { StepProblem } from "../../ports/index.ts";

/** How the literal text around a value is quoted where the value stands. */
export type Quote = "bare" | "double" | "single";

/** What a shell job consists of, as data. It stands in the Plan under `with`. */
export interface ShellSpec {
  /** Literal text as the shell reads it, and the values between. */
  readonly command: readonly (string | ShellPart)[];
  /** Variables of the job besides those that every job gets. */
  readonly env: Readonly<Record<string, unknown>>;
  /** Working directory, relative to the root; null is the root. */
  readonly cwd: unknown;
  /** What the command reads from its standard input; null is nothing. */
  readonly stdin: unknown;
  readonly shell: "bash" | "sh";
  /** What becomes of standard output. */
  readonly capture: "tail" | "text" | "json" | "lines";
}

/**
 * A value within a command. A definition has a plain value, an array, a ref or a secret here; a Plan has `{ $ref, path }`
 * and `{ $secret }` for the last two; when the job runs they are the ref's value and a `ResolvedSecret`.
 */
export interface ShellPart {
  readonly value: unknown;
  readonly quote: Quote;
}

/** What may stand between `${` and `}` in a command. An array becomes one argument for each item. */
export type ShellValue =
  | Input<string | number | boolean>
  // A conditional node's value may be absent; the job is then skipped as well.
  | RefCore<string | number | boolean | undefined, never>
  | RefCore<readonly (string | number)[] | undefined, never>
  | Input<readonly (string | number)[]>
  | readonly Input<string | number>[]
  | Secret;

/** Options of a shell job. */
export interface ShellOptions {
  /** Variables for this command, on top of those that the pipeline passes on. */
  readonly env?: Readonly<Record<string, Input<string | number | boolean> | Secret>>;
  /**
   * Working directory, relative to the pipeline's root.
   * @defaultValue the root
   */
  readonly cwd?: Input<string>;
  /**
   * Text for the command's standard input.
   * @defaultValue nothing: the command reads an end of file
   */
  readonly stdin?: Input<string> | Secret;
  /**
   * `bash` runs with `-eo pipefail` and reads no start-up files; `sh` is the system's POSIX shell with `-e`.
   * @defaultValue `"bash"`
   */
  readonly shell?: "bash" | "sh";
}

/** A mistake in a command, found when the pipeline is defined. */
export interface ShellProblem extends StepProblem {
  readonly hint: string;
}

/** What a command gives as its output unless it is asked for something else. */
export interface ShellOutput {
  /** The last 64 KiB of standard output, as it was printed; what came before is in the log only. */
  readonly stdout: string;
  /** Always 0: any other code fails the job. */
  readonly exitCode: number;
}
