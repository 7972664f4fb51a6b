import type { NodeResult, PlanNode, PlanStage, SkipReason } from "../model/index.ts";
import { judgeCondition } from "./conditions.ts";
import type { Course } from "./course.ts";
import type { Values } from "./resolve.ts";
import type { LeafVerdict } from "./types.ts";

/** Whether a node that waits for nothing any more is skipped, and why. Throws where a condition cannot be judged. */
export function skipReason(
  node: PlanNode,
  stage: PlanStage | undefined,
  resultOf: (id: string) => NodeResult | undefined,
  leaf: LeafVerdict,
  values: Values,
): SkipReason | undefined {
  for (const need of node.skipWith) {
    const result = resultOf(need);
    if (result?.state === "succeeded") continue;
    const text =
      result?.state === "skipped" ? `${need} was skipped: ${result.reason.text}` : `${need} gave no value`;
    return { kind: "upstream", node: need, text };
  }
  for (const condition of [stage?.when, node.when]) {
    if (condition === null || condition === undefined) continue;
    const verdict = judgeCondition(condition, leaf, values);
    if (!verdict.holds) return { kind: "condition", text: verdict.text };
  }
  return undefined;
}

/** Why a node that a stop left unstarted did not run. */
export function stoppedReason(
  node: PlanNode,
  resultOf: (id: string) => NodeResult | undefined,
  halted: string,
): SkipReason {
  const blocker = node.needs.find((need) => {
    const state = resultOf(need)?.state;
    return state === "failed" || state === "cancelled" || state === "suspended";
  });
  if (blocker === undefined) return { kind: "stopped", text: halted };
  return { kind: "upstream", node: blocker, text: `${blocker} did not succeed` };
}

/** Ends a node without running it. What needs it may go on, except where a stop is the reason. */
export function skip(course: Course, index: number, reason: SkipReason): void {
  course.results.set(index, { state: "skipped", reason });
  course.records.add({ type: "node.skipped", at: course.now(), node: course.node(index).id, reason });
  if (reason.kind !== "stopped") course.readiness.ended(index);
}
