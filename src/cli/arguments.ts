import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf, SluiceError } from "../errors/index.ts";
import { nearest } from "../util/nearest.ts";
import { convert, paramFlags, type ParamFlag } from "./param-flags.ts";
import type { ParamSchemas } from "../builder/index.ts";
import { VERBS, type Flag, type Verb } from "./verbs.ts";

/** A command line, read. */
export interface Command {
  readonly verb: Verb;
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly help: boolean;
}

/**
 * Reads a command line against the verbs and the pipeline's params.
 *
 * @throws SluiceError `USAGE` for an unknown verb or flag, or a missing or superfluous operand
 */
export function readArguments(argv: readonly string[], schemas: ParamSchemas): Command {
  const verb = findVerb(argv);
  const flags = verb.paramless === true ? [] : paramFlags(schemas, TAKEN);
  const { values, positionals } = parse(argv, verb, flags);
  const operands = positionals[0] === verb.name ? positionals.slice(1) : positionals;
  const help = values["help"] === true;
  if (!help) checkOperands(verb, operands);
  const params: Record<string, unknown> = {};
  for (const flag of flags) {
    const given = values[flag.flag];
    if (given !== undefined) params[flag.name] = convert(flag, given);
  }
  return { verb, operands, flags: values as Command["flags"], params, help };
}

/** What no param may be called. */
const TAKEN: ReadonlySet<string> = new Set(
  VERBS.filter((verb) => verb.paramless !== true).flatMap((verb) => verb.flags.map((flag) => flag.name)),
);

function findVerb(argv: readonly string[]): Verb {
  // The first word is the verb, so that a flag's value is never taken for one; without one it is `run`.
  const word = argv[0];
  const run = VERBS[0];
  if (run === undefined) throw new SluiceError("INTERNAL", "there is no verb");
  if (word === undefined || word.startsWith("-")) return run;
  const verb = VERBS.find((one) => one.name === word);
  if (verb !== undefined) return verb;
  const near = nearest(
    word,
    VERBS.map((one) => one.name),
  );
  throw new SluiceError("USAGE", `unknown verb "${word}"`, {
    hint:
      near === undefined ? `Verbs: ${VERBS.map((one) => one.name).join(", ")}.` : `Did you mean "${near}"?`,
  });
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parse(
  argv: readonly string[],
  verb: Verb,
  params: readonly ParamFlag[],
): { values: Values; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const flag of verb.flags) options[flag.name] = optionOf(flag);
  for (const flag of params) {
    options[flag.flag] = { type: flag.kind === "boolean" ? "boolean" : "string", multiple: flag.list };
  }
  try {
    const config = { args: [...argv], options, allowPositionals: true, allowNegative: true, strict: true };
    const { values, positionals } = parseArgs(config);
    return { values: values, positionals };
  } catch (error) {
    throw usage(error, verb, Object.keys(options));
  }
}

function optionOf(flag: Flag): NonNullable<ParseArgsConfig["options"]>[string] {
  return {
    type: flag.value === undefined ? "boolean" : "string",
    ...(flag.short === undefined ? {} : { short: flag.short }),
    ...(flag.list === true ? { multiple: true } : {}),
  };
}

function usage(error: unknown, verb: Verb, known: readonly string[]): SluiceError {
  const code = (error as { code?: string }).code ?? "";
  const text = messageOf(error);
  if (!code.startsWith("ERR_PARSE_ARGS")) throw error;
  const unknown = /Unknown option '(?:--?)([^']+)'/.exec(text)?.[1];
  if (unknown === undefined)
    return new SluiceError("USAGE", text.replace(/\. .*$/s, ""), { hint: helpHint(verb) });
  const near = nearest(unknown, known);
  return new SluiceError("USAGE", `unknown flag --${unknown} for "${verb.name}"`, {
    hint: near === undefined ? helpHint(verb) : `Did you mean --${near}? ${helpHint(verb)}`,
  });
}

function checkOperands(verb: Verb, operands: readonly string[]): void {
  const least = verb.operands.filter((one) => !one.optional).length;
  if (operands.length < least) {
    const missing = verb.operands[operands.length]?.name ?? "";
    throw new SluiceError("USAGE", `"${verb.name}" needs ${missing}`, { hint: helpHint(verb) });
  }
  const extra = operands[verb.operands.length];
  if (extra !== undefined) {
    throw new SluiceError("USAGE", `"${extra}" is one argument too many for "${verb.name}"`, {
      hint: helpHint(verb),
    });
  }
}

function helpHint(verb: Verb): string {
  return `See ${verb.name} --help.`;
}
