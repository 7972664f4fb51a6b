import { SluiceError } from "../errors/index.ts";
import { approvalStanding, personOf, type ApprovalRules } from "../gates/approval-standing.ts";
import type { PlanNode } from "../model/index.ts";
import type { Answer, RecordedRun } from "../ports/index.ts";
import { historyOf, type RunHistory } from "./history.ts";

/**
 * Whether a decision at a gate would count now. Gives the gate's node, and how many more people must approve after it.
 *
 * @throws SluiceError `RUN_OVER` where it would not, `USAGE` where the name means several gates
 */
export function checkWelcome(
  recorded: RecordedRun,
  gate: string,
  answer: Answer,
  now: number,
): { readonly node: string; readonly missing: number } {
  const { run, plan } = recorded;
  const history = historyOf(recorded);
  const node = waitingGate(history, gate);
  const rules = rulesOf(plan.nodes.find(({ id }) => id === node));
  // What a check of the user's own makes of answers is its own affair.
  if (rules === undefined) return { node, missing: 0 };
  const decisions = history.decisions.get(node) ?? [];
  const { rejection, approvals, missing, deadline } = approvalStanding(
    rules,
    decisions,
    history.waitingSince.get(node) ?? now,
  );
  const go = `Go on with the run: resume ${run}.`;
  if (rejection !== undefined) throw decided(node, `${rejection.by} has rejected there already`, go);
  if (missing === 0) {
    const by = approvals.map((one) => one.by).join(", ");
    throw decided(node, `it has been approved by ${by} already`, go);
  }
  if (now > deadline) {
    throw decided(
      node,
      `the time to answer was over at ${new Date(deadline).toISOString()}`,
      "Start a new run.",
    );
  }
  if (!answer.approved) return { node, missing: 0 };
  const twice = approvals.find((one) => personOf(one.by) === personOf(answer.by));
  if (twice !== undefined) {
    const count = `${approvals.length} of ${rules.approvers} have approved`;
    throw decided(
      node,
      `${twice.by} has approved there already (${count})`,
      "Somebody else must approve too.",
    );
  }
  return { node, missing: missing - 1 };
}

function decided(node: string, why: string, hint: string): SluiceError {
  return new SluiceError("RUN_OVER", `${node} takes no such decision: ${why}`, { hint });
}

/** The gate that waits, by its id or by its name where that is one gate's alone. */
function waitingGate({ run, state, nodes }: RunHistory, gate: string): string {
  const waiting = [...nodes].flatMap(([id, end]) => (end.type === "node.suspended" ? [id] : []));
  const named = waiting.filter((id) => id.slice(id.indexOf("/") + 1) === gate);
  const node = waiting.find((id) => id === gate) ?? named[0];
  if (named.length > 1 && node !== gate) {
    throw new SluiceError("USAGE", `"${gate}" is the name of several gates`, {
      hint: `Name one of: ${named.join(", ")}.`,
    });
  }
  if (state === "suspended" && node !== undefined) return node;
  const hint =
    state !== "suspended" || waiting.length === 0
      ? "Nothing of it waits for an answer."
      : `It waits at: ${waiting.join(", ")}.`;
  const message = `run ${run} (${state}) does not wait for an answer at "${gate}"`;
  throw new SluiceError("RUN_OVER", message, { hint });
}

/** What the Plan says of an approval; `undefined` for another kind of gate. */
function rulesOf(node: PlanNode | undefined): ApprovalRules | undefined {
  if (node?.uses !== "gate:approval") return undefined;
  const { check } = node.with as unknown as { readonly check: ApprovalRules };
  return { approvers: check.approvers, expires: check.expires };
}
