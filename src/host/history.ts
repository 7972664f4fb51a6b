import type { Json, RolloutEvent, RunEvent } from "../model/index.ts";
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
  /** What nodes told of their rollouts since the run last ended: there is something only where a process died. */
  readonly rollouts: ReadonlyMap<string, readonly RolloutEvent[]>;
  /** What nodes that have succeeded proposed to compare later runs with. */
  readonly proposals: ReadonlyMap<string, Json>;
}

export function historyOf(recorded: RecordedRun): RunHistory {
  const nodes = new Map<string, NodeEnd>();
  const decisions = new Map<string, Decision[]>();
  const waitingSince = new Map<string, number>();
  const rollouts = new Map<string, RolloutEvent[]>();
  const proposals = new Map<string, Json>();
  for (const event of recorded.events) {
    switch (event.type) {
      case "node.started":
      case "node.succeeded":
      case "node.failed":
      case "node.skipped":
      case "node.cancelled":
      case "node.suspended":
        nodes.set(event.node, event);
        if (event.type === "node.started") proposals.delete(event.node);
        if (event.type === "node.succeeded") {
          rollouts.delete(event.node);
          if (event.baseline !== undefined) proposals.set(event.node, event.baseline);
        }
        if (event.type === "node.suspended" && !waitingSince.has(event.node))
          waitingSince.set(event.node, event.at);
        break;
      case "gate.waiting":
        // The process may have died before it could say that it goes without an answer.
        if (!waitingSince.has(event.node)) waitingSince.set(event.node, event.at);
        break;
      case "gate.decided": {
        const { approved, by, reason, at } = event;
        const list = decisions.get(event.node) ?? [];
        list.push({ approved, by, at, ...(reason === undefined ? {} : { reason }) });
        decisions.set(event.node, list);
        break;
      }
      case "rollout.started":
      case "rollout.weight":
      case "rollout.analysis":
      case "rollout.promoted":
      case "rollout.aborting":
      case "rollout.aborted":
      case "rollout.held":
        rollouts.set(event.node, [...(rollouts.get(event.node) ?? []), event]);
        break;
      case "node.retrying":
        rollouts.delete(event.node);
        break;
      case "run.finished":
        rollouts.clear();
        break;
      default:
    }
  }
  const { run, plan, events, owner } = recorded;
  const [first, last] = [events[0], events.at(-1)];
  const glance = glanceAt(run, plan.pipeline, { first, last, finished: endOf(events), owner });
  return { ...glance, nodes, decisions, waitingSince, rollouts, proposals };
}
