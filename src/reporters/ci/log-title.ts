import { formatDuration } from "../../util/duration.ts";
import type { NodeEnd } from "../view/node-end.ts";

/** What stands over the log of a node that has ended: a log from elsewhere says so. */
export function logTitle(node: string, end: NodeEnd): string {
  const from = end.type === "node.succeeded" ? end.from : undefined;
  if (from?.kind === "cache")
    return `log of ${node} (cached, ${formatDuration(from.took)} in run ${from.run})`;
  return `log of ${node}${"duration" in end ? ` (${formatDuration(end.duration)})` : ""}`;
}
