import type { Condition } from "../model/index.ts";
import { unreachable } from "../util/unreachable.ts";

/** Whether a condition holds as far as the Plan alone can tell; `undefined` where that depends on the run. */
export function knownVerdict(condition: Condition | null): boolean | undefined {
  if (condition === null) return true;
  switch (condition.kind) {
    case "static":
      return condition.value;
    case "all":
      return combined(condition.of, false);
    case "any":
      return combined(condition.of, true);
    case "not": {
      const verdict = knownVerdict(condition.of);
      return verdict === undefined ? undefined : !verdict;
    }
    case "branch":
    case "tag":
    case "change":
    case "value":
      return undefined;
    default:
      return unreachable(condition);
  }
}

/** `deciding` as soon as one of them is that; its opposite when all are; else unknown. */
function combined(of: readonly Condition[], deciding: boolean): boolean | undefined {
  const verdicts = of.map(knownVerdict);
  if (verdicts.includes(deciding)) return deciding;
  return verdicts.includes(undefined) ? undefined : !deciding;
}
