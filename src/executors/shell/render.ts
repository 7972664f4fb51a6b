import type { Quote, ShellSpec } from "./spec.ts";
import { kindOf } from "./values.ts";

/**
 * The command as text for a shell. Values are quoted for the place where they stand; a secret becomes the expansion
 * of its variable (see {@link secretVariables}). Works on the spec of a definition, on a Plan's `with` and on a spec
 * with everything resolved.
 *
 * @param show gives the text for a value that is not known yet; it goes in as it is, so it must fit the place
 *
 * @example
 * ```ts
 * renderCommand(spec, (value) => `<${describe(value)}>`); // curl --fail <staging/api.url>/healthz
 * ```
 */
export function renderCommand(
  spec: Pick<ShellSpec, "command">,
  show: (value: unknown, quote: Quote) => string,
): string {
  const variables = secretVariables(spec);
  const render = (value: unknown, quote: Quote): string => {
    const known = kindOf(value);
    switch (known.kind) {
      case "text":
        return quoteText(known.text, quote);
      case "list":
        return known.items.map((item) => render(item, quote)).join(" ");
      case "secret":
        return quoteVariable(variables.get(known.name) ?? known.name, quote);
      case "unresolved":
      case "unfit":
        return show(value, quote);
    }
  };
  return spec.command
    .map((part) => (typeof part === "string" ? part : render(part.value, part.quote)))
    .join("");
}

/** `text` so that the shell reads just this text where it stands. */
export function quoteText(text: string, quote: Quote): string {
  switch (quote) {
    case "bare":
      return `'${quoteText(text, "single")}'`;
    case "double":
      return text.replace(/[\\"$`]/g, "\\$&");
    case "single":
      return text.replaceAll("'", `'\\''`);
  }
}

/** The expansion of a variable as one piece of text, whatever the variable holds. */
export function quoteVariable(variable: string, quote: Quote): string {
  switch (quote) {
    case "bare":
      return `"$${variable}"`;
    case "double":
      return `\${${variable}}`;
    case "single":
      return `'"$${variable}"'`;
  }
}

/** The variables by which the secrets within the command travel, by the secret's name, in order of appearance. */
export function secretVariables(spec: Pick<ShellSpec, "command">): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const taken = new Set<string>();
  for (const part of spec.command) {
    if (typeof part === "string") continue;
    const known = kindOf(part.value);
    if (known.kind !== "secret" || variables.has(known.name)) continue;
    let variable = `SLUICE_SECRET_${known.name.replace(/[^A-Za-z0-9_]/g, "_")}`;
    while (taken.has(variable)) variable += "_";
    taken.add(variable);
    variables.set(known.name, variable);
  }
  return variables;
}
