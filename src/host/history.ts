import type { Json, RolloutEvent } from "../model/index.ts";
import type { Decision, RecordedRun, RunGlance } from "../ports/index.ts";
import { endsOf, type NodeEnd } from "../stores/_shared/fold-nodes.ts";
import { glanceOf } from "../stores/_shared/glance.ts";

export type { NodeEnd };

/** A recorded run, folded from its events. */
export interface RunHistory extends RunGlance {
  readonly nodes: ReadonlyMap<string, NodeEnd>;
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** Since when each gate that waits has waited: milliseconds since 1970. */
  readonly waitingSince: ReadonlyMap<string, number>;
  /** What nodes told of their rollouts since the run, or the part with them, last ended: there is something only where a process died. */
  readonly rollouts: ReadonlyMap<string, readonly RolloutEvent[]>;
  /** What nodes that have succeeded proposed to compare later runs with. */
  readonly proposals: ReadonlyMap<string, Json>;
}

export function historyOf(recorded: RecordedRun): RunHistory {
  const decisions = new Map<string, Decision[]>();
  const waitingSince = new Map<string, number>();
  const rollouts = new Map<string, RolloutEvent[]>();
  const proposals = new Map<string, Json>();
  /** Nodes that the process has started whose events are looked at. */
  const began = new Set<string>();
  for (const event of recorded.events) {
    switch (event.type) {
      case "node.started":
        proposals.delete(event.node);
        began.add(event.node);
        break;
      case "node.succeeded":
        rollouts.delete(event.node);
        if (event.baseline !== undefined) proposals.set(event.node, event.baseline);
        break;
      case "gate.waiting":
      case "node.suspended":
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
      case "run.started":
        began.clear();
        break;
      case "run.finished":
        // A part that has ended knows nothing of the rollouts of others.
        for (const node of event.partial === true ? began : [...rollouts.keys()]) rollouts.delete(node);
        break;
      default:
    }
  }
  const nodes = endsOf(recorded.events);
  return { ...glanceOf(recorded), nodes, decisions, waitingSince, rollouts, proposals };
}
