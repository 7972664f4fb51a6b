import type { PlanNode, ResultOrigin, SkipReason } from "../model/index.ts";
import type { Course } from "./course.ts";
import type { PriorNode } from "./types.ts";

/** Nodes that were not asked for count as ended, with what an earlier process left of them. */
export function leaveOutside(course: Course): void {
  const { selection, prior, plan } = course.input;
  if (selection === undefined) return;
  plan.nodes.forEach((node, index) => {
    if (selection.has(node.id)) return;
    const left = prior.get(node.id);
    if (left === undefined) {
      const reason: SkipReason = { kind: "selection", text: "not among the nodes asked for" };
      course.results.set(index, { state: "skipped", reason });
    } else {
      const from = carriedOver(course, node, left);
      course.results.set(index, {
        state: "succeeded",
        // Read from its journal when somebody wants it.
        get output() {
          return left.output;
        },
        artifacts: left.artifacts,
        attempts: 0,
        duration: 0,
        flaky: false,
        ...from,
      });
    }
    course.readiness.ended(index);
  });
}

/** What another run has left is recorded in this one, which can then be gone on with by itself. */
function carriedOver(course: Course, node: PlanNode, left: PriorNode): { readonly from?: ResultOrigin } {
  const { carried, decisions, proposals } = course.input;
  if (carried === undefined) return {};
  const { output, artifacts } = left;
  const from = { kind: "run", run: carried } as const;
  for (const decision of decisions.get(node.id) ?? [])
    course.records.add({ type: "gate.decided", node: node.id, ...decision });
  const baseline = proposals.get(node.id);
  course.records.add({
    type: "node.succeeded",
    at: course.now(),
    node: node.id,
    attempt: 0,
    duration: 0,
    flaky: false,
    from,
    ...(output === undefined ? {} : { output }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
    ...(baseline === undefined ? {} : { baseline }),
  });
  return { from };
}
