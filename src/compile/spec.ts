import type { Expression, Json, RefHandle } from "../model/index.ts";
import { refHandle, secretHandle } from "../model/index.ts";

/** What stands in a spec besides plain data. */
export interface SpecVisitor {
  ref(handle: RefHandle): void;
  secret(name: string, owner: object): void;
  /** `path` is where in the spec, for example `env.TOKEN`. */
  problem(path: string, message: string, hint: string): void;
}

/** Asks only for the JSON form: whatever is wrong is said elsewhere. */
export const SILENT: SpecVisitor = {
  ref: () => undefined,
  secret: () => undefined,
  problem: () => undefined,
};

const RESERVED = ["$ref", "$secret", "$artifact", "$all", "$function"];
const MAX_DEPTH = 64;

/**
 * The JSON form of a spec: refs and secrets as their expressions, functions by name, everything else as it is.
 * What JSON cannot hold is a problem, never dropped in silence.
 */
export function specToJson(spec: unknown, visitor: SpecVisitor, path = "", depth = 0): Json {
  if (spec === null || typeof spec === "string" || typeof spec === "boolean") return spec;
  if (typeof spec === "number") {
    if (!Number.isFinite(spec))
      visitor.problem(path, `${String(spec)} is not a JSON number`, "Use a finite number.");
    return spec;
  }
  const handle = refHandle(spec);
  if (handle !== undefined) {
    visitor.ref(handle);
    return handle.expression;
  }
  if (typeof spec === "function") return { $function: spec.name === "" ? "anonymous" : spec.name };
  if (typeof spec !== "object") {
    visitor.problem(path, `a ${typeof spec} cannot stand in a plan`, "Use plain data, a ref or a secret.");
    return null;
  }
  const secret = secretHandle(spec);
  if (secret !== undefined) {
    visitor.secret(secret.name, secret.owner);
    return { $secret: secret.name };
  }
  if (depth > MAX_DEPTH) {
    visitor.problem(path, "the data is nested too deep or holds itself", "Use plain data without cycles.");
    return null;
  }
  if (Array.isArray(spec)) {
    return spec.map((item: unknown, index) => specToJson(item, visitor, `${path}[${index}]`, depth + 1));
  }
  return objectToJson(spec, visitor, path, depth);
}

function objectToJson(spec: object, visitor: SpecVisitor, path: string, depth: number): Json {
  if (spec instanceof Date || spec instanceof URL) return spec.toJSON();
  const prototype: unknown = Object.getPrototypeOf(spec);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const { name } = spec.constructor;
    visitor.problem(
      path,
      `an object of class ${name} cannot stand in a plan`,
      "Use plain data, a ref or a secret.",
    );
    return null;
  }
  const json: Record<string, Json> = {};
  for (const [key, member] of Object.entries(spec) as [string, unknown][]) {
    if (member === undefined) continue;
    const at = path === "" ? key : `${path}.${key}`;
    if (RESERVED.includes(key)) {
      visitor.problem(at, `the key "${key}" is reserved for Sluice`, "Choose another key.");
    }
    json[key] = specToJson(member, visitor, at, depth + 1);
  }
  return json;
}

/** Ids of the nodes whose values an expression reads. */
export function expressionNodes(expression: Expression): readonly string[] {
  if ("$all" in expression) return expression.$all.flatMap(expressionNodes);
  return ["$ref" in expression ? expression.$ref : expression.$artifact];
}
