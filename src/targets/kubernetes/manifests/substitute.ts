import { SluiceError } from "../../../errors/index.ts";

// As GNU envsubst: `$NAME` and `${NAME}`, and nothing else; a dollar sign before anything else stays.
const VARIABLE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Fills in a template as GNU `envsubst` does, but for one thing: a variable that is not set is an error, where envsubst
 * leaves an empty place that nobody notices.
 *
 * @param file - for messages
 * @param only - names to fill in; every other `$NAME` stays as it is. Undefined is all.
 * @throws SluiceError `DEFINITION_INVALID` naming every unset variable with its lines
 */
export function substitute(
  text: string,
  values: Readonly<Record<string, string>>,
  file: string,
  only?: readonly string[],
): string {
  const missing = new Map<string, number[]>();
  const allowed = only === undefined ? undefined : new Set(only);
  const filled = text.replace(
    VARIABLE,
    (whole, braced: string | undefined, bare: string | undefined, at: number) => {
      const name = braced ?? bare ?? "";
      if (allowed !== undefined && !allowed.has(name)) return whole;
      if (Object.hasOwn(values, name)) return values[name] ?? "";
      const lines = missing.get(name) ?? [];
      lines.push(lineOf(text, at));
      missing.set(name, lines);
      return whole;
    },
  );
  if (missing.size === 0) return filled;
  const list = [...missing]
    .map(([name, lines]) => `${name} (line ${[...new Set(lines)].join(", ")})`)
    .join(", ");
  throw new SluiceError("DEFINITION_INVALID", `${file} uses variables that are not set: ${list}`, {
    path: file,
    hint: "Give each a value; an empty one must be given as an empty text.",
  });
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let index = text.indexOf("\n"); index !== -1 && index < at; index = text.indexOf("\n", index + 1))
    line++;
  return line;
}
