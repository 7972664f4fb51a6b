import type { Decision } from "../ports/index.ts";
import type { RunEvent, RunState } from "../model/index.ts";
import type { RecordedRun } from "../ports/index.ts";
import { liveOwner } from "./owner.ts";

/** How a recorded run stands. `interrupted` is one whose process is gone without having ended it. */
export type RecordedState = RunState | "running" | "interrupted";

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
export interface RunHistory {
  readonly run: string;
  readonly pipeline: string;
  readonly state: RecordedState;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds from the first to the last event. */
  readonly duration: number;
  readonly nodes: ReadonlyMap<string, NodeEnd>;
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** Since when each gate that waits has waited: milliseconds since 1970. */
  readonly waitingSince: ReadonlyMap<string, number>;
}

export function historyOf(recorded: RecordedRun): RunHistory {
  const nodes = new Map<string, NodeEnd>();
  const decisions = new Map<string, Decision[]>();
  const waitingSince = new Map<string, number>();
  let finished: Extract<RunEvent, { type: "run.finished" }> | undefined;
  for (const event of recorded.events) {
    switch (event.type) {
      case "run.started":
        finished = undefined;
        break;
      case "run.finished":
        finished = event;
        break;
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
  const startedAt = recorded.events[0]?.at ?? 0;
  const last = recorded.events.at(-1)?.at ?? startedAt;
  const state = finished?.state ?? (liveOwner(recorded.events) === undefined ? "interrupted" : "running");
  const reason = finished?.reason ?? (state === "running" ? "it is being run" : "its process is gone");
  const { run, plan } = recorded;
  const duration = last - startedAt;
  return { run, pipeline: plan.pipeline, state, reason, startedAt, duration, nodes, decisions, waitingSince };
}
