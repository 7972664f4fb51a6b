import { base64Forms, wrappedBase64 } from "./base64.ts";
import { hexForms, jsonForms, markupForms, shellForms, urlForms } from "./escapes.ts";

/**
 * The shortest secret, line or encoded form that is looked for, in characters. Anything shorter turns up by chance
 * so often that masking would make logs unreadable and, by what is missing, give the value away.
 */
export const SHORTEST = 4;

/** Pieces between escaped line ends are taken for lines only from here on: `C:\new` is no text of two lines. */
const SHORTEST_ESCAPED_LINE = 16;

/** What every escaping leaves as it is: most tokens, which saves the work. */
const NEVER_ESCAPED = /^[A-Za-z0-9_.-]*$/;

export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

export interface Needles {
  /** Distinct and none empty, in no particular order. */
  readonly needles: readonly Buffer[];
  readonly warnings: readonly string[];
}

/** Everything to look for, and what cannot be looked for. */
export function needlesOf(secrets: Iterable<NamedSecret>): Needles {
  const texts = new Set<string>();
  const forms = new Set<string>();
  const warnings: string[] = [];
  for (const { name, value } of secrets) {
    const warning = weakness(name, value);
    if (warning !== undefined) warnings.push(warning);
    for (const text of textsOf(value)) texts.add(text);
    if (length(value) >= SHORTEST) for (const line of wrappedBase64(Buffer.from(value))) forms.add(line);
  }
  for (const text of texts) for (const form of formsOf(text)) forms.add(form);
  const needles = [...forms].filter((form) => length(form) >= SHORTEST).map((form) => Buffer.from(form));
  return { needles, warnings };
}

/** The secret as a whole and every line of it, as far as they are long enough. */
function textsOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/);
  const escaped = lines
    .flatMap((line) => line.split(/\\[nr]/))
    .filter((line) => line.length >= SHORTEST_ESCAPED_LINE);
  return [value, ...[value, ...lines, ...escaped].map((line) => line.trim())].filter(
    (text) => length(text) >= SHORTEST && text.trim() !== "",
  );
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    ...base64Forms(bytes),
    ...base64Forms(Buffer.from(`${text}\n`)),
    ...hexForms(bytes),
    ...(NEVER_ESCAPED.test(text)
      ? []
      : [...urlForms(bytes), ...jsonForms(text), ...shellForms(text), ...markupForms(text)]),
  ];
}

function weakness(name: string, value: string): string | undefined {
  if (value.trim() === "") return `secret "${name}" is empty: there is nothing to mask`;
  if (length(value) < SHORTEST) {
    return `secret "${name}" has fewer than ${SHORTEST} characters and is not masked`;
  }
  // Braces and dashes alone tell nothing; a short word does.
  const short = value
    .split(/[\r\n]+/)
    .filter((line) => length(line.trim()) < SHORTEST && /[\p{L}\p{N}]/u.test(line));
  if (short.length === 0) return undefined;
  const lines = short.length === 1 ? "a line" : `${short.length} lines`;
  return `secret "${name}" has ${lines} of fewer than ${SHORTEST} characters, masked only where the whole secret is`;
}

/** Characters as a reader counts them, so that a pair of surrogates is one. */
function length(text: string): number {
  if (text.length >= SHORTEST * 2) return text.length;
  return Array.from(text).length;
}
