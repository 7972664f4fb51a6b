import type { ParamSchemas } from "../builder/index.ts";
import { paramFlags } from "./param-flags.ts";
import { VERBS, type Verb } from "./verbs.ts";

const EXIT_CODES =
  "Exit: 0 passed, 1 failed, 2 wrong definition or usage, 75 suspended at an approval, 130 interrupted.";

/** The help of one verb, with the pipeline's params. */
export function helpText(program: string, pipeline: string, verb: Verb, schemas: ParamSchemas): string {
  const operands = verb.operands.map((one) => (one.optional ? `[${one.name}]` : one.name)).join(" ");
  const sections = [
    `${pipeline}: ${verb.help}`,
    `Usage: ${[program, verb.name, operands].filter(Boolean).join(" ")} [flags]`,
  ];
  const params = (verb.paramless === true ? [] : paramFlags(schemas, new Set())).map(
    (flag): [string, string] => {
      const value = flag.placeholder === "" ? "" : ` ${flag.placeholder}`;
      const notes = [
        flag.description,
        flag.list ? "may be given several times" : undefined,
        flag.initial === undefined
          ? flag.required && flag.kind !== "boolean"
            ? "required"
            : undefined
          : `default ${flag.initial}`,
      ].filter((note) => note !== undefined);
      return [`--${flag.flag}${value}`, notes.join("; ")];
    },
  );
  if (params.length > 0) sections.push(table("Params", params));
  sections.push(
    table(
      "Flags",
      verb.flags.map((flag) => [
        `${flag.short === undefined ? "" : `-${flag.short}, `}--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`,
        flag.list === true ? `${flag.help}; may be given several times` : flag.help,
      ]),
    ),
    table(
      "Verbs",
      VERBS.map((one) => [one.name, one.help]),
    ),
    EXIT_CODES,
  );
  return `${sections.join("\n\n")}\n`;
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(28, Math.max(...rows.map(([left]) => left.length)));
  return [`${title}:`, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())].join(
    "\n",
  );
}
