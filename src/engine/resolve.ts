import { SluiceError } from "../errors/index.ts";
import { refHandle, secretHandle, type Artifact, type Expression, type Json } from "../model/index.ts";
import type { ResolvedSecret } from "../ports/index.ts";

/** Where values come from when a spec is filled in. */
export interface Values {
  /** `undefined` for a node that was skipped or has no output. */
  output(node: string): Json | undefined;
  artifact(node: string, name: string): Artifact | undefined;
  /** All artifacts of a node; none where it was skipped. */
  artifacts(node: string): readonly Artifact[];
  secret(name: string): string;
}

/** A copy of a spec with every ref replaced by its value and every secret by a {@link ResolvedSecret}. */
export function resolveSpec(spec: unknown, values: Values): unknown {
  if (typeof spec !== "object" && typeof spec !== "function") return spec;
  if (spec === null) return spec;
  const handle = refHandle(spec);
  if (handle !== undefined) return evaluate(handle.expression, values);
  if (typeof spec === "function") return spec;
  const secret = secretHandle(spec);
  if (secret !== undefined) return new SecretValue(secret.name, values.secret(secret.name));
  if (Array.isArray(spec)) return spec.map((item) => resolveSpec(item, values));
  if (spec instanceof Date || spec instanceof URL) return spec;
  const resolved: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(spec)) resolved[key] = resolveSpec(member, values);
  return resolved;
}

/**
 * The value of an expression.
 *
 * @throws SluiceError `INPUT_MISSING` where an output lacks the field
 */
export function evaluate(expression: Expression, values: Values): unknown {
  if ("$all" in expression) return expression.$all.map((one) => evaluate(one, values));
  const isOutput = "$ref" in expression;
  const start: unknown = isOutput
    ? values.output(expression.$ref)
    : values.artifact(expression.$artifact, expression.name);
  const label = isOutput
    ? `the output of "${expression.$ref}"`
    : `artifact "${expression.name}" of "${expression.$artifact}"`;
  let value = start;
  for (const key of expression.path) {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "object" || !Object.hasOwn(value, key)) {
      throw new SluiceError("INPUT_MISSING", `${label} has no field "${expression.path.join(".")}"`, {
        hint: "Check what the job returns; a schema (`output`) finds this earlier.",
      });
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Prints as `***` wherever it might be printed by mistake. */
export class SecretValue implements ResolvedSecret {
  readonly name: string;
  readonly #value: string;
  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "***";
  }
  toJSON(): string {
    return "***";
  }
}
