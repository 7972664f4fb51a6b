import { valueProblems } from "./parts.ts";
import type { ShellOptions, ShellProblem } from "./spec.ts";
import { kindOf, type ValueKind } from "./values.ts";

const OPTIONS: ReadonlySet<string> = new Set<keyof ShellOptions>(["env", "cwd", "stdin", "shell"]);

/** Everything that is wrong with the options of a command. */
export function optionProblems(options: ShellOptions): ShellProblem[] {
  const problems: ShellProblem[] = [];
  for (const option of Object.keys(options)) {
    if (!OPTIONS.has(option))
      problems.push(problem("shell-option", `sh() has no option "${option}"`, KNOWN_OPTIONS));
  }
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.push(problem("shell-env-name", `"${name}" cannot be the name of a variable`, NAMES));
    } else if (name.startsWith("SLUICE_")) {
      problems.push(
        problem("shell-env-name", `${name} is one of the variables that Sluice sets itself`, RESERVED),
      );
    }
    problems.push(...optionValue(value, `the variable ${name}`, ["text", "secret"]));
  }
  if (options.cwd !== undefined) problems.push(...optionValue(options.cwd, "cwd", ["text"]));
  if (options.stdin !== undefined)
    problems.push(...optionValue(options.stdin, "stdin", ["text", "secret"], true));
  if (options.shell !== undefined && !["bash", "sh"].includes(options.shell)) {
    problems.push(problem("shell-option", `there is no shell "${options.shell}"`, 'Use "bash" or "sh".'));
  }
  return problems;
}

function optionValue(
  value: unknown,
  label: string,
  fits: readonly ValueKind["kind"][],
  binary = false,
): ShellProblem[] {
  const known = kindOf(value);
  if (known.kind === "unresolved") return [];
  if (binary && known.kind === "text") return [];
  if (fits.includes(known.kind)) return valueProblems(value, label);
  const what = known.kind === "unfit" ? known.what : known.kind === "list" ? "an array" : `a ${known.kind}`;
  const secret = fits.includes("secret") ? " or a secret" : "";
  return [problem("shell-value", `${label} is ${what}`, `Use a string, a ref to one${secret}.`)];
}

function problem(rule: string, message: string, hint: string): ShellProblem {
  return { rule, message, hint };
}

const KNOWN_OPTIONS = `Use ${[...OPTIONS].join(", ")}.`;
const NAMES = "Use letters, digits and _, and no digit first.";
const RESERVED = "Choose a name that does not begin with SLUICE_.";
