import type { Expression, PassedGate, RefHandle, Secret, SecretHandle } from "../model/index.ts";
import { REF, refHandle, SECRET } from "../model/index.ts";
import type { Draft, PendingIssue } from "./draft.ts";
import { captureSite } from "./site.ts";

/** The fields that a ref may be asked for; `undefined` where they cannot be known before the run. */
type Fields = readonly string[] | undefined;

/** Shared by all refs to a whole value, of which a large pipeline has many. */
export const WHOLE: readonly string[] = Object.freeze([]);
export const NO_GATES: readonly PassedGate[] = Object.freeze([]);

/** What stands behind the proxy that users hold; it is the ref's handle at the same time. */
class RefTarget implements RefHandle {
  readonly owner: Draft;
  readonly expression: Expression;
  readonly passed: readonly PassedGate[];
  readonly fields: Fields;

  constructor(owner: Draft, expression: Expression, passed: readonly PassedGate[], fields: Fields) {
    this.owner = owner;
    this.expression = expression;
    this.passed = passed;
    this.fields = fields;
  }

  /** For messages: `"verify/unit".stdout`. */
  get label(): string {
    const { expression } = this;
    if ("$all" in expression) return "the matrix";
    const start =
      "$ref" in expression
        ? `"${expression.$ref}"`
        : `artifact "${expression.name}" of "${expression.$artifact}"`;
    return [start, ...expression.path].join(".");
  }
}

/** Makes a ref: reading a field of it gives a ref to that field. */
export function makeRef(
  draft: Draft,
  expression: Expression,
  passed: readonly PassedGate[],
  fields: Fields,
): object {
  return new Proxy(new RefTarget(draft, expression, passed, fields), HANDLER);
}

/** What is known of a ref's fields, so that a gate can hand them on. */
export function refFields(ref: unknown): Fields {
  return (refHandle(ref) as RefTarget | undefined)?.fields;
}

const HANDLER: ProxyHandler<RefTarget> = {
  get(target, key) {
    if (key === REF) return target;
    if (key === Symbol.toPrimitive || key === "toString" || key === "valueOf" || key === "toJSON") {
      return () => textOf(target);
    }
    // A ref must never look like a promise, or `await` would hang on it.
    if (typeof key === "symbol" || key === "then") return undefined;
    return field(target, key);
  },
  has: (_target, key) => key === REF,
  set: () => false,
  deleteProperty: () => false,
  getPrototypeOf: () => Object.prototype,
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
};

function field(target: RefTarget, key: string): object {
  const { owner, fields, label } = target;
  if (fields !== undefined && !fields.includes(key)) {
    const hint = fields.length === 0 ? "It has no fields." : `It has: ${fields.join(", ")}.`;
    owner.issues.push(mistake("unknown-field", label, `its output has no field "${key}"`, hint));
  }
  return makeRef(owner, extend(target.expression, key), target.passed, undefined);
}

function extend(expression: Expression, key: string): Expression {
  if ("$all" in expression) return { $all: expression.$all.map((one) => extend(one, key)) };
  return { ...expression, path: [...expression.path, key] };
}

function textOf(target: RefTarget): string {
  target.owner.issues.push(
    mistake(
      "ref-as-text",
      target.label,
      "its value is used as text while the pipeline is being defined, when it does not exist yet",
      "Pass the ref itself: in sh`...`, or to a job with { needs, run }.",
    ),
  );
  return `[value of ${target.label}]`;
}

/** Makes a secret's handle. Any use as text is a definition error, and gives no value away. */
export function makeSecret(draft: Draft, name: string): Secret {
  const handle: SecretHandle = { owner: draft, name };
  const misuse = (): string => {
    const hint = "Pass it as it is: in sh`...`, in an env, or as a need of a function job.";
    draft.issues.push(mistake("secret-as-text", `secret "${name}"`, "it is used as a string", hint));
    return "***";
  };
  return Object.freeze({
    [SECRET]: handle,
    [Symbol.toPrimitive]: misuse,
    toString: misuse,
    toJSON: misuse,
  });
}

function mistake(rule: string, path: string, message: string, hint: string): PendingIssue {
  return { rule, path, message, hint, site: captureSite() };
}
