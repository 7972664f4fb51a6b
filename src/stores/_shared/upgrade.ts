import { SluiceError } from "../../errors/index.ts";
import { planFingerprint } from "../../model/fingerprint.ts";
import { PLAN_VERSION, type Plan, type PlanNode } from "../../model/index.ts";

/**
 * A Plan as it was recorded, in today's form, so that it can be compared with one that is made now. The fingerprint is
 * then that of today's form too.
 *
 * Plans that were written before nodes said whether they are cached and whether they act on the world are of version 1
 * as well, since nothing of them is misread: only what they lack is added.
 *
 * @throws SluiceError `STATE_CORRUPT` for what is no Plan, or one of a version that this Sluice does not know
 */
export function upgradePlan(recorded: unknown, file: string): Plan {
  const plan = recorded as Partial<Plan> | null;
  if (plan?.version !== PLAN_VERSION) {
    const found = JSON.stringify((plan as { version?: unknown } | null)?.version) as string | undefined;
    throw new SluiceError(
      "STATE_CORRUPT",
      `${file}: a plan of version ${found ?? "none"}, this Sluice reads ${PLAN_VERSION}`,
      { hint: "Use the Sluice that started the run." },
    );
  }
  const { fingerprint, ...body } = plan as Plan;
  if (body.nodes.every(isComplete)) return { ...body, fingerprint };
  const upgraded = { ...body, nodes: body.nodes.map(completed) };
  return { ...upgraded, fingerprint: planFingerprint(upgraded) };
}

function isComplete(node: PlanNode): boolean {
  return (node as Partial<PlanNode>).effects !== undefined;
}

/** The order of members counts: the fingerprint is taken over the text. */
function completed(old: PlanNode): PlanNode {
  if (isComplete(old)) return old;
  const { matrix, evidence, source, ...before } = old;
  return { ...before, cache: null, effects: old.kind === "deploy", matrix, evidence, source };
}
