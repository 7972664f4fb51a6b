import type { Json } from "../../model/index.ts";
import type { Step, StepContext } from "../../ports/index.ts";
import { optionProblems } from "./option-problems.ts";
import type { OutputSchema } from "./parse-output.ts";
import { commandParts } from "./parts.ts";
import type { ShellOptions, ShellOutput, ShellProblem, ShellSpec, ShellValue } from "./spec.ts";

/** A command as a step of a job. */
export interface ShellStep<out T> extends Step<T> {
  readonly kind: "shell";
  readonly spec: ShellSpec;
  /** Mistakes in the command; a pipeline with any does not compile. */
  readonly problems: readonly ShellProblem[];
}

/** A command, and what its output can be turned into. Each method gives a new step and leaves this one as it is. */
export interface ShellCommand extends ShellStep<ShellOutput> {
  /**
   * The output is standard output without the blanks and line ends around it.
   * @throws OUTPUT_INVALID when it runs, above 1 MiB
   */
  text(): ShellStep<string>;
  /**
   * The output is standard output read as JSON, and checked where a schema is given.
   * @throws OUTPUT_INVALID when it runs, where it is no JSON, does not fit or is above 1 MiB
   */
  json(): ShellStep<Json>;
  json<T>(schema: OutputSchema<T>): ShellStep<T>;
  /**
   * The output is an array of the lines of standard output, without their ends.
   * @throws OUTPUT_INVALID when it runs, above 1 MiB
   */
  lines(): ShellStep<string[]>;
}

/** The tag that `sh({ … })` gives. */
export type ShellTag = (strings: TemplateStringsArray, ...values: readonly ShellValue[]) => ShellCommand;

/**
 * A command for a job. The text is what the shell reads: backslashes stay, only `` \` `` and `\${` lose theirs. Each
 * value is quoted for the place where it stands, so it is never split, expanded or run: bare it is one argument, an
 * array is one argument per item, in quotes it is text. A secret travels by environment and is expanded by the shell.
 * That holds for one shell: text that the command hands to another one (`bash -c`, `ssh`, `eval`) is read once more there.
 *
 * Runs in `bash -eo pipefail`, or without a shell where one would have nothing to do but to split words. The job gets
 * the variables that the pipeline passes on, those of `env`, and `SLUICE_RUN`, `SLUICE_NODE`, `SLUICE_STAGE` and
 * `SLUICE_ATTEMPT`. Processes that it leaves running are ended with it.
 *
 * @throws COMMAND_FAILED, COMMAND_NOT_FOUND when it runs
 *
 * @example
 * ```ts
 * const version = verify.job("version", sh`git describe --tags`.text());
 * verify.job("unit", sh`npm test -- --grep ${pattern} > "reports/${version}.txt"`);
 * verify.job("push", sh({ cwd: "app", stdin: secrets.token })`docker login --password-stdin ${registry}`);
 * verify.job("facts", sh`./facts --json`.json(z.object({ size: z.number() })));
 * ```
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): ShellCommand;
export function sh(options: ShellOptions): ShellTag;
export function sh(
  first: TemplateStringsArray | ShellOptions,
  ...values: readonly ShellValue[]
): ShellCommand | ShellTag {
  if (Array.isArray(first)) return command({}, first as unknown as TemplateStringsArray, values);
  const options = first as ShellOptions;
  return (strings, ...rest) => command(options, strings, rest);
}

function command(
  options: ShellOptions,
  strings: TemplateStringsArray,
  values: readonly unknown[],
): ShellCommand {
  const parts = commandParts(strings.raw, values);
  const problems = Object.freeze(
    [...parts.problems, ...optionProblems(options)].map((problem) => Object.freeze(problem)),
  );
  const spec: ShellSpec = Object.freeze({
    command: parts.command,
    env: Object.freeze({ ...options.env }),
    cwd: options.cwd ?? null,
    stdin: options.stdin ?? null,
    shell: options.shell ?? "bash",
    capture: "tail",
  });

  const step = <T>(capture: ShellSpec["capture"], schema?: OutputSchema<T>): ShellStep<T> => ({
    kind: "shell",
    spec: Object.freeze({ ...spec, capture }),
    problems,
    execute: async (resolved: ShellSpec, context: StepContext) =>
      (await executor()).executeShell(resolved, context, schema) as Promise<T>,
  });

  return Object.freeze<ShellCommand>({
    ...step<ShellOutput>("tail"),
    fields: ["stdout", "exitCode"],
    text: () => Object.freeze(step<string>("text")),
    json: <T = Json>(schema?: OutputSchema<T>) => Object.freeze(step<T>("json", schema)),
    lines: () => Object.freeze(step<string[]>("lines")),
  });
}

/**
 * What runs a command, loaded when the first one runs: a plan starts no processes. Kept, because under a loader such
 * as tsx every `import()` costs a third of a millisecond, also of a module that is there already.
 */
const executor = once(() => import("./execute.ts"));

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}
