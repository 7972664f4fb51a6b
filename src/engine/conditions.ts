import { expressionText, type Condition, type Json, type ValueTest } from "../model/index.ts";
import { unreachable } from "../util/unreachable.ts";
import { evaluate, type Values } from "./resolve.ts";
import type { ConditionVerdict, LeafVerdict } from "./types.ts";

/** Whether a condition holds, with the reason in words. */
export function judgeCondition(condition: Condition, leaf: LeafVerdict, values: Values): ConditionVerdict {
  switch (condition.kind) {
    case "branch":
    case "tag":
    case "change":
      return leaf(condition);
    case "static":
      return {
        holds: condition.value,
        text: condition.value ? condition.reason : `not: ${condition.reason}`,
      };
    case "value": {
      const value = evaluate(condition.value, values) as Json | undefined;
      return {
        holds: passes(value, condition.test),
        text: describeValue(expressionText(condition.value), value, condition.test),
      };
    }
    case "all": {
      const verdicts = condition.of.map((one) => judgeCondition(one, leaf, values));
      const failing = verdicts.find((one) => !one.holds);
      return failing ?? { holds: true, text: verdicts.map((one) => one.text).join(" and ") };
    }
    case "any": {
      const verdicts = condition.of.map((one) => judgeCondition(one, leaf, values));
      const holding = verdicts.find((one) => one.holds);
      return holding ?? { holds: false, text: verdicts.map((one) => one.text).join(" and ") };
    }
    case "not": {
      const verdict = judgeCondition(condition.of, leaf, values);
      return { holds: !verdict.holds, text: verdict.text };
    }
    default:
      return unreachable(condition);
  }
}

function passes(value: Json | undefined, test: ValueTest): boolean {
  switch (test.op) {
    case "truthy":
      return Boolean(value);
    case "equals":
      return same(value, test.to);
    case "oneOf":
      return test.of.some((one) => same(value, one));
    default:
      return unreachable(test);
  }
}

function same(a: Json | undefined, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function describeValue(name: string, value: Json | undefined, test: ValueTest): string {
  const shown = value === undefined ? "absent" : JSON.stringify(value);
  const brief = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
  if (test.op === "truthy") return `${name} is ${brief}`;
  const wanted = test.op === "equals" ? JSON.stringify(test.to) : `one of ${JSON.stringify(test.of)}`;
  return `${name} is ${brief}, asked for ${wanted}`;
}
