import { unreachable } from "../util/unreachable.ts";
import type { Condition, ValueTest } from "./condition.ts";
import type { Json } from "./json.ts";
import type { Expression } from "./ref.ts";

/**
 * A condition in words, on one line, without its verdict: for plans, graphs and the reasons of skipped nodes.
 *
 * @example
 * ```ts
 * conditionText({ kind: "branch", patterns: ["main", "release/*"] }); // "branch matches main, release/*"
 * conditionText({ kind: "change", globs: ["packages/a/**"], base: "origin/main" }); // "packages/a/** changed since origin/main"
 * ```
 */
export function conditionText(condition: Condition): string {
  return text(condition, false);
}

/** A ref in words: `verify/audit.exitCode`, `package/build artifact dist`, `test/unit[node=20], test/unit[node=22]`. */
export function expressionText(expression: Expression): string {
  if ("$all" in expression) return expression.$all.map(expressionText).join(", ");
  const source =
    "$ref" in expression ? expression.$ref : `${expression.$artifact} artifact ${expression.name}`;
  return [source, ...expression.path].join(".");
}

function text(condition: Condition, negated: boolean): string {
  switch (condition.kind) {
    case "branch":
      return `branch ${negated ? "does not match" : "matches"} ${condition.patterns.join(", ")}`;
    case "tag":
      return `${negated ? "no tag" : "tag"} matches ${condition.patterns.join(", ")}`;
    case "change": {
      const since = condition.base === null ? "" : ` since ${condition.base}`;
      return `${negated ? "nothing in " : ""}${condition.globs.join(", ")} changed${since}`;
    }
    case "static":
      return negated ? `not: ${condition.reason}` : condition.reason;
    case "value":
      return `${expressionText(condition.value)} ${testText(condition.test, negated)}`;
    case "all":
      // Not one of them, or not all of them: the negation of a list reads best as De Morgan has it.
      return joined(condition.of, negated, negated ? " or " : " and ", negated ? "never" : "always");
    case "any":
      return joined(condition.of, negated, negated ? " and " : " or ", negated ? "always" : "never");
    case "not":
      return text(condition.of, !negated);
    default:
      return unreachable(condition);
  }
}

function joined(of: readonly Condition[], negated: boolean, word: string, empty: string): string {
  if (of.length === 0) return empty;
  if (of.length === 1) return of.map((one) => text(one, negated)).join("");
  return of.map((one) => (isList(one) ? `(${text(one, negated)})` : text(one, negated))).join(word);
}

/** Whether its text holds an "and" or "or" of its own, so that it needs brackets inside another list. */
function isList(condition: Condition): boolean {
  if (condition.kind === "not") return isList(condition.of);
  if (condition.kind !== "all" && condition.kind !== "any") return false;
  return condition.of.length > 1 || condition.of.some(isList);
}

/** What is asked of a value: `is truthy`, `= aws`, `is one of 3, 4`. */
export function testText(test: ValueTest, negated = false): string {
  switch (test.op) {
    case "truthy":
      return negated ? "is not truthy" : "is truthy";
    case "equals":
      return `${negated ? "is not" : "="} ${valueText(test.to)}`;
    case "oneOf":
      return `${negated ? "is none of" : "is one of"} ${test.of.map(valueText).join(", ")}`;
    default:
      return unreachable(test);
  }
}

const PLAIN = /^[\p{L}_/@][\p{L}\p{N}_./@:*+-]*$/u;

/** Words stand as they are; a text that could be read as something else stands in quotes. */
function valueText(value: Json): string {
  if (typeof value !== "string" || !PLAIN.test(value)) return JSON.stringify(value);
  return value === "true" || value === "false" || value === "null" ? JSON.stringify(value) : value;
}
