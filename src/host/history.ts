import type { RunEvent } from "../model/index.ts";
import type { Decision, RecordedRun, RunGlance } from "../ports/index.ts";
import { endOf, glanceAt } from "../stores/_shared/glance.ts";

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

/** A recorded run, folded from its events. */
export interface RunHistory extends RunGlance {
  readonly nodes: ReadonlyMap<string, NodeEnd>;
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** Since when each gate that waits has waited: milliseconds since 1970. */
  readonly waitingSince: ReadonlyMap<string, number>;
}

export function historyOf(recorded: RecordedRun): RunHistory {
  const nodes = new Map<string, NodeEnd>();
  const decisions = new Map<string, Decision[]>();
  const waitingSince = new Map<string, number>();
  for (const event of recorded.events) {
    switch (event.type) {
      case "node.started":
      case "node.succeeded":
      case "node.failed":
      case "node.skipped":
      case "node.cancelled":
      case "node.suspended":
        nodes.set(event.node, event);
        if (event.type === "node.suspended" && !waitingSince.has(event.node))
          waitingSince.set(event.node, event.at);
        break;
      case "gate.decided": {
        const { approved, by, reason, at } = event;
        const list = decisions.get(event.node) ?? [];
        list.push({ approved, by, at, ...(reason === undefined ? {} : { reason }) });
        decisions.set(event.node, list);
        break;
      }
      default:
    }
  }
  const { run, plan, events, owner } = recorded;
  const [first, last] = [events[0], events.at(-1)];
  const glance = glanceAt(run, plan.pipeline, { first, last, finished: endOf(events), owner });
  return { ...glance, nodes, decisions, waitingSince };
}
