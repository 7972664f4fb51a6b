import type {
  NodeCancelled,
  NodeFailed,
  NodeRetrying,
  NodeSkipped,
  NodeSucceeded,
  NodeSuspended,
  RunEvent,
} from "../../model/index.ts";

/** How a node ends for this run. */
export type NodeEnd = NodeSucceeded | NodeFailed | NodeSkipped | NodeCancelled | NodeSuspended;

/** Whether the event is a node's last in this run. */
export function endsNode(event: RunEvent): event is NodeEnd {
  switch (event.type) {
    case "node.succeeded":
    case "node.failed":
    case "node.skipped":
    case "node.cancelled":
    case "node.suspended":
      return true;
    default:
      return false;
  }
}

/** Whether the event ends what the node's process prints: its end, or an attempt's that is followed by another. */
export function endsAttempt(event: RunEvent): event is NodeEnd | NodeRetrying {
  return event.type === "node.retrying" || endsNode(event);
}
