import { refHandle, secretHandle } from "../../model/index.ts";
import type { ResolvedSecret } from "../../ports/index.ts";

/** A value in a command or environment at any stage of its life: in a definition, in a Plan, or when the job runs. */
export type ValueKind =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly unknown[] }
  | { readonly kind: "secret"; readonly name: string }
  /** A ref, or its form in a Plan. */
  | { readonly kind: "unresolved" }
  /** Nothing that a command can take; `what` says in words what it is. */
  | { readonly kind: "unfit"; readonly what: string };

/** Tells what `value` is. */
export function kindOf(value: unknown): ValueKind {
  if (refHandle(value) !== undefined) return { kind: "unresolved" };
  switch (typeof value) {
    case "string":
    case "boolean":
      return { kind: "text", text: String(value) };
    case "number":
      return Number.isFinite(value)
        ? { kind: "text", text: String(value) }
        : { kind: "unfit", what: String(value) };
    case "object":
      return value === null ? { kind: "unfit", what: "null" } : kindOfObject(value);
    case "undefined":
      return { kind: "unfit", what: "undefined" };
    default:
      return { kind: "unfit", what: `a ${typeof value}` };
  }
}

function kindOfObject(value: object): ValueKind {
  if (Array.isArray(value)) return { kind: "list", items: value };
  const secret = secretHandle(value)?.name ?? resolvedSecret(value)?.name;
  if (secret !== undefined) return { kind: "secret", name: secret };
  if ("$secret" in value && typeof value.$secret === "string") return { kind: "secret", name: value.$secret };
  if ("$ref" in value || "$artifact" in value || "$all" in value) return { kind: "unresolved" };
  return { kind: "unfit", what: value instanceof Promise ? "a promise" : "an object" };
}

/** `value` as a secret with its value, or `undefined`. JSON cannot look like one, since it holds no functions. */
export function resolvedSecret(value: unknown): ResolvedSecret | undefined {
  if (typeof value !== "object" || value === null || !("reveal" in value) || !("name" in value))
    return undefined;
  return typeof value.reveal === "function" && typeof value.name === "string"
    ? (value as ResolvedSecret)
    : undefined;
}
