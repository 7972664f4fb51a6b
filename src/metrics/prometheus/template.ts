/** `$name`. What `label_replace` takes is written `$1` or `${name}`, and left alone. */
const PLACEHOLDER = /\$([a-zA-Z_]\w*)/g;

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(PLACEHOLDER), ([, name = ""]) => name));
}

/** Fills the placeholders in; `undefined` where there is no value for one of them. */
export function fill(text: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const name of placeholdersIn(text)) if (values[name] === undefined) return undefined;
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values[name] ?? "");
}

/** An alternation that matches these names and no others, in PromQL's regular expressions (RE2) and in JavaScript's. */
export function alternation(names: Iterable<string>): string {
  // Brackets and no backslashes: those would mean one thing between quotes and another one between backticks.
  const escaped = Array.from(names, (name) =>
    name.replaceAll(/[^A-Za-z0-9_-]/g, (character) => `[${character}]`),
  );
  return `(?:${escaped.sort().join("|")})`;
}
