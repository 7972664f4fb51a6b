import type { Plan, RunEvent } from "../../model/index.ts";
import type { RunGlance } from "../../ports/index.ts";

/** How a node of a recorded run stands: its last event that says so. */
export type NodeEnd = Extract<
  RunEvent,
  {
    type:
      | "node.started"
      | "node.succeeded"
      | "node.failed"
      | "node.skipped"
      | "node.cancelled"
      | "node.suspended";
  }
>;
type Ends = ReadonlyMap<string, NodeEnd>;

/**
 * How a run stands of which processes have run parts: by how each of its nodes ended last. It has passed when all that it
 * is to run has, and is `interrupted` while something of that is open.
 */
export function foldNodes(plan: Plan, events: readonly RunEvent[]): Pick<RunGlance, "state" | "reason"> {
  const ends = endsOf(events);
  const asked = askedOf(events);
  const ids = plan.nodes.map(({ id }) => id).filter((id) => asked?.has(id) !== false || ends.has(id));
  const found = <Type extends NodeEnd["type"]>(type: Type): Extract<NodeEnd, { type: Type }> | undefined => {
    const id = ids.find((one) => ends.get(one)?.type === type);
    return id === undefined ? undefined : (ends.get(id) as Extract<NodeEnd, { type: Type }>);
  };
  const failed = found("node.failed");
  if (failed !== undefined) {
    const [why = ""] = failed.failure.message.split("\n", 1);
    return { state: "failed", reason: `${failed.node} failed: ${why}` };
  }
  const cancelled = found("node.cancelled");
  if (cancelled !== undefined) return { state: "cancelled", reason: cancelled.reason };
  const suspended = found("node.suspended");
  if (suspended !== undefined)
    return { state: "suspended", reason: `${suspended.node}: ${suspended.reason}` };
  const open = ids.filter((id) => !isDone(ends, id)).length;
  if (open === 0) return { state: "passed", reason: "every node that was to run succeeded" };
  return { state: "interrupted", reason: `${open} of ${ids.length} nodes are still to run` };
}

/** Ids of the nodes that a run is to run; `undefined` is all of its Plan. */
export function askedOf(events: readonly RunEvent[]): ReadonlySet<string> | undefined {
  const began = events.find((event) => event.type === "run.started" && event.partial !== true);
  return began?.type === "run.started" && began.only !== undefined ? new Set(began.only) : undefined;
}

/** By node id. */
export function endsOf(events: readonly RunEvent[]): Ends {
  const ends = new Map<string, NodeEnd>();
  for (const event of events) {
    switch (event.type) {
      case "node.started":
      case "node.succeeded":
      case "node.failed":
      case "node.skipped":
      case "node.cancelled":
      case "node.suspended":
        ends.set(event.node, event);
        break;
      default:
    }
  }
  return ends;
}

/** A node that was skipped because of another one is open again where that one has come to an end of its own since. */
function isDone(ends: Ends, id: string): boolean {
  const end = ends.get(id);
  if (end?.type !== "node.skipped") return end?.type === "node.succeeded";
  const { reason } = end;
  if (reason.kind === "upstream")
    return ends.get(reason.node)?.type === "node.skipped" && isDone(ends, reason.node);
  return reason.kind === "condition";
}
