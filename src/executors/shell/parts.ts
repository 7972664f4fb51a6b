import { QuotingReader, type Refusal } from "./quoting.ts";
import type { Quote, ShellPart, ShellProblem, ShellSpec } from "./spec.ts";
import { kindOf } from "./values.ts";

/** A template's text and values as the parts of a command, with everything that is wrong with them. */
export function commandParts(
  strings: readonly string[],
  values: readonly unknown[],
): { readonly command: ShellSpec["command"]; readonly problems: readonly ShellProblem[] } {
  const texts = trimmed(strings.map(unescaped));
  const command: (string | ShellPart)[] = [];
  const problems: ShellProblem[] = [];
  const reader = new QuotingReader();
  for (const [index, text] of texts.entries()) {
    reader.read(text);
    if (text !== "") command.push(text);
    if (index === values.length) break;
    const place = reader.value();
    const label = `value ${index + 1} of the command`;
    const refusal = REFUSALS[place as Refusal] as Omit<ShellProblem, "rule"> | undefined;
    const quote = refusal === undefined ? (place as Quote) : "bare";
    const value = values[index];
    if (refusal !== undefined) {
      problems.push({ ...refusal, rule: `shell-${place}`, message: `${label} ${refusal.message}` });
    }
    const found = valueProblems(value, label);
    const before = text === "" && index > 0 ? VALUE : text;
    const after = texts[index + 1] === "" && index + 1 < values.length ? VALUE : (texts[index + 1] ?? "");
    if (kindOf(value).kind === "list" && (quote !== "bare" || !standsAlone(before, after))) {
      found.push(glued(label));
    }
    problems.push(...found);
    command.push(Object.freeze({ value: found.length > 0 ? null : frozen(value), quote }));
  }
  if (texts.some((text) => text.includes("\0"))) problems.push(nullByte("the command"));
  if (values.length === 0 && texts.join("") === "") problems.push(EMPTY);
  return { command: Object.freeze(command), problems };
}

/** A copy of an array, so that what is done to the caller's own changes no command; anything else as it is. */
function frozen(value: unknown): unknown {
  return Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
}

/** What is wrong with a value that is known when the pipeline is defined. */
export function valueProblems(value: unknown, label: string): ShellProblem[] {
  const known = kindOf(value);
  switch (known.kind) {
    case "text":
      return known.text.includes("\0") ? [nullByte(label)] : [];
    case "list":
      return known.items.flatMap((item, index) => {
        const of = `item ${index + 1} of ${label}`;
        const kind = kindOf(item).kind;
        return kind === "list" || kind === "secret" ? [unfit(of, `a ${kind}`)] : valueProblems(item, of);
      });
    case "unfit":
      return [unfit(label, known.what)];
    case "secret":
    case "unresolved":
      return [];
  }
}

/** Stands for a value that touches another one. */
export const VALUE = "x";

/** Whether an array between these two texts makes words of its own. */
export function standsAlone(before: string, after: string): boolean {
  return /(^|[\s;&|(])$/.test(before) && /^($|[\s;&|<>)])/.test(after);
}

function unfit(label: string, what: string): ShellProblem {
  return {
    rule: "shell-value",
    message: `${label} is ${what}`,
    hint: "Use a string, a finite number, a boolean, a ref to one, a secret, or an array of strings and numbers.",
  };
}

function glued(label: string): ShellProblem {
  return {
    rule: "shell-array",
    message: `${label} is an array within quotes or glued to other text`,
    hint: "Let blanks stand around it, outside of quotes, or join its items to one string.",
  };
}

function nullByte(label: string): ShellProblem {
  return {
    rule: "shell-null-byte",
    message: `${label} holds a NUL character`,
    hint: "A command cannot hold one; pass binary data by a file.",
  };
}

const EMPTY: ShellProblem = {
  rule: "shell-empty",
  message: "the command is empty",
  hint: "Write the command between the backticks, or use `true` for a job that does nothing.",
};

const ASSIGN =
  "Assign it to a variable of the shell first, or pass it by sh({ env }), and use the variable there.";

const REFUSALS: Readonly<Record<Refusal, Omit<ShellProblem, "rule">>> = {
  "here-document": {
    message: "stands in a here-document, where no quoting protects it",
    hint: "Give the whole text by sh({ stdin }), or pass the value by sh({ env }) and write its variable there.",
  },
  backticks: { message: "stands within backticks", hint: "Use $( ) in place of the backticks." },
  comment: { message: "stands in a comment", hint: "Remove it, or take the # away." },
  "dollar-quote": {
    message: "stands within $'…'",
    hint: "End the quotes before the value and open them again after it.",
  },
  expansion: { message: "stands within ${…} of the shell", hint: ASSIGN },
  arithmetic: { message: "stands in arithmetic, between (( and ))", hint: ASSIGN },
  dollar: {
    message: "stands right behind a $, so that the shell would take it for a variable's name",
    hint: "Remove the $, or write '$' in single quotes to print one.",
  },
  backslash: {
    message: "stands right behind a backslash, which would break its quotes",
    hint: "Remove the backslash: the value is quoted already.",
  },
};

/** Undoes the only two escapes that a template literal forces upon its author: `` \` `` and `\${`. */
function unescaped(raw: string): string {
  return raw.replace(/\\(?:(`|\$(?=\{))|[^])/g, (escape, char: string | undefined) => char ?? escape);
}

/** Without the blanks and line ends around the command, which say nothing to the shell. */
function trimmed(texts: readonly string[]): string[] {
  return texts.map((text, index) => {
    const begun = index === 0 ? text.trimStart() : text;
    return index < texts.length - 1 || /\\\s+$/.test(begun) ? begun : begun.trimEnd();
  });
}
