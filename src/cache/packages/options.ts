import type { Input, Secret } from "../../model/index.ts";
import type { StepProblem } from "../../ports/index.ts";

/** What all steps that install packages take. */
export interface InstallOptions {
  /** Folder of the project, relative to the pipeline's root. @defaultValue the root */
  readonly cwd?: string;
  /** Further arguments, last on the command line. @defaultValue none */
  readonly args?: readonly string[];
  /** Variables on top of those that the pipeline passes on, for example a registry's token. @defaultValue none */
  readonly env?: Readonly<Record<string, Input<string | number | boolean> | Secret>>;
  /**
   * Name of the folder of downloads; steps that name the same one share it. Letters, digits, `_`, `.` and `-`.
   * @defaultValue the tool's name
   */
  readonly folder?: string;
}

const COMMON = ["cwd", "args", "env", "folder"];
const FOLDER = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** Mistakes in options, told with the place of the job. */
export function optionProblems(
  step: string,
  options: InstallOptions,
  own: readonly string[],
): readonly StepProblem[] {
  const problems: StepProblem[] = [];
  const add = (message: string, hint: string): void => {
    problems.push(Object.freeze({ rule: "install-option", message: `${step}: ${message}`, hint }));
  };
  const known = [...own, ...COMMON];
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) add(`there is no option "${name}"`, `Use ${known.join(", ")}.`);
  }
  const { cwd, args = [], folder } = options;
  if (cwd !== undefined && !isInside(cwd))
    add(`cwd ${JSON.stringify(cwd)} is no path below the root`, "Give it relative to the root, without ..");
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== "string" || arg.includes("\0")))
    add("args is no list of texts", 'Write each argument by itself, for example ["--omit", "dev"].');
  if (folder !== undefined && !FOLDER.test(folder))
    add(`folder ${JSON.stringify(folder)} is no name for a folder`, "Use letters, digits, _, . and -.");
  return problems;
}

/** Whether a path of the definition is relative and stays below where it starts. */
export function isInside(path: unknown): path is string {
  if (typeof path !== "string" || path === "" || path.includes("\0")) return false;
  return !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes("..");
}
