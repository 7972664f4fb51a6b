import { SluiceError } from "../../errors/index.ts";
import { unknownOptions } from "../../util/unknown-options.ts";

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
      const problem = value === undefined ? undefined : rule?.(value);
      if (problem !== undefined) problems.push(`${name} ${problem}`);
    }
    problems.push(...unknownOptions(options, Object.keys(rules)));
  }
  refuseOptions(maker, problems, hint);
}

/** @throws SluiceError `DEFINITION_INVALID` with all the problems, where there are any */
export function refuseOptions(maker: string, problems: readonly string[], hint: string): void {
  if (problems.length > 0)
    throw new SluiceError("DEFINITION_INVALID", `${maker}(): ${problems.join("; ")}`, { hint });
}

/** Whether it is a text of this form. */
export function fits(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** The end of a problem: what was given instead, where anything was. Not for what may be a secret. */
export function not(value: unknown): string {
  return value === undefined ? "" : `, not ${shown(value)}`;
}

/** Any text but an empty one. */
export const text: OptionRule = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : `must be a text${not(value)}`;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The name of a namespace. Source: RFC 1123, as the API server checks it. */
export const namespaceName: OptionRule = (value) =>
  typeof value === "string" && DNS_LABEL.test(value)
    ? undefined
    : `must be 1 to 63 lower-case letters, digits or "-"${not(value)}`;

/** In front of an address's host. */
const NAME_AND_PASSWORD = /\/\/[^@\s"]*@/g;

function shown(value: unknown): string {
  // Undefined for functions and symbols, whatever its type says.
  const text = JSON.stringify(value) as string | undefined;
  return (text ?? String(value)).replaceAll(NAME_AND_PASSWORD, "//***@");
}
