import { SluiceError } from "../../errors/index.ts";

/** Says what is wrong with one option's value; `undefined` where it is right. */
export type OptionRule = (value: unknown) => string | undefined;

/**
 * Checks a provider's options, all of them at once. Options that are absent are not checked.
 *
 * @param maker the function that was called, for the message: `kubeconfig`
 * @throws SluiceError `DEFINITION_INVALID`
 */
export function checkOptions(
  maker: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  hint: string,
): void {
  const problems: string[] = [];
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    problems.push("the options must be an object");
  } else {
    for (const [name, value] of Object.entries(options)) {
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      const problem = rule === undefined ? "is not an option" : value === undefined ? undefined : rule(value);
      if (problem !== undefined) problems.push(`${name} ${problem}`);
    }
  }
  if (problems.length > 0)
    throw new SluiceError("DEFINITION_INVALID", `${maker}(): ${problems.join("; ")}`, { hint });
}

/** Any text but an empty one. */
export const text: OptionRule = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : `must be a text, not ${shown(value)}`;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The name of a namespace. Source: RFC 1123, as the API server checks it. */
export const namespaceName: OptionRule = (value) =>
  typeof value === "string" && DNS_LABEL.test(value)
    ? undefined
    : `must be 1 to 63 lower-case letters, digits or "-", not ${shown(value)}`;

function shown(value: unknown): string {
  // Undefined for functions and symbols, whatever its type says.
  const text = JSON.stringify(value) as string | undefined;
  return text ?? String(value);
}
