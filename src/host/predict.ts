import { judgeCondition } from "../engine/conditions.ts";
import { answerConditions } from "../facts/index.ts";
import type { Condition, Plan } from "../model/index.ts";

/** What is known before a run of whether a node will run. */
export interface Prediction {
  readonly runs: boolean;
  readonly why: string;
}

/** Which nodes a condition known now decides; a node that is not in the map runs, or waits for a value to decide. */
export async function predict(
  plan: Plan,
  source: {
    readonly root: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly base?: string | undefined;
  },
): Promise<ReadonlyMap<string, Prediction>> {
  const leaf = await answerConditions(plan, source);
  const values = {
    output: () => undefined,
    artifact: () => undefined,
    artifacts: () => [],
    secret: () => "",
  };
  const stages = new Map(plan.stages.map((stage) => [stage.name, stage.when]));
  const predictions = new Map<string, Prediction>();
  for (const node of plan.nodes) {
    const conditions = [stages.get(node.stage) ?? null, node.when].filter((one) => one !== null);
    const known = conditions
      .filter((one) => !readsValue(one))
      .map((one) => judgeCondition(one, leaf, values));
    const failing = known.find((one) => !one.holds);
    const skippedNeed = node.skipWith.find((need) => predictions.get(need)?.runs === false);
    if (failing !== undefined) predictions.set(node.id, { runs: false, why: failing.text });
    else if (skippedNeed !== undefined)
      predictions.set(node.id, { runs: false, why: `${skippedNeed} is skipped` });
    else if (known.length > 0 && known.length === conditions.length) {
      predictions.set(node.id, { runs: true, why: known.map((one) => one.text).join(" and ") });
    }
  }
  return predictions;
}

function readsValue(condition: Condition): boolean {
  switch (condition.kind) {
    case "value":
      return true;
    case "all":
    case "any":
      return condition.of.some(readsValue);
    case "not":
      return readsValue(condition.of);
    default:
      return false;
  }
}
