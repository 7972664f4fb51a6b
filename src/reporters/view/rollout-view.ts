import type { RolloutEvent } from "../../model/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import type { NodeView, RolloutView } from "./node-view.ts";

/** Takes in what a rollout does. */
export function applyRollout(node: NodeView, event: RolloutEvent): void {
  // a resumed rollout may go on without having said that it starts
  node.rollout ??= begin(event);
  const rollout = node.rollout;
  switch (event.type) {
    case "rollout.started":
      node.rollout = begin(event);
      return;
    case "rollout.weight":
      rollout.weight = event.weight;
      rollout.step = event.step;
      rollout.steps = event.steps;
      return;
    case "rollout.analysis":
      rollout.signals = event.signals;
      return;
    case "rollout.promoted":
      rollout.phase = "promoted";
      rollout.weight = 100;
      rollout.release = event.release;
      return;
    case "rollout.aborting":
      rollout.reason = event.reason;
      return;
    case "rollout.aborted":
      rollout.phase = "aborted";
      rollout.weight = 0;
      rollout.reason = event.reason;
      rollout.restored = event.restored;
      return;
    case "rollout.held":
      rollout.phase = "held";
      rollout.weight = event.weight;
      rollout.reason = event.reason;
      return;
    default:
      unreachable(event);
  }
}

function begin(event: RolloutEvent): RolloutView {
  const started = event.type === "rollout.started" ? event : undefined;
  return {
    target: event.target,
    strategy: started?.strategy ?? "rollout",
    revision: started?.revision ?? 0,
    from: started?.from,
    phase: "running",
    weight: 0,
    step: 0,
    steps: 0,
    signals: [],
    reason: undefined,
    restored: undefined,
    release: undefined,
  };
}
