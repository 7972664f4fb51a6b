import { formatDuration } from "../../util/duration.ts";
import type { RunView } from "../view/run-view.ts";

const NAMED = 5;

/** What runs at this moment and for how long; `undefined` where nothing does. */
export function stillRunning(view: RunView, now: number): string | undefined {
  if (view.counts.running === 0) return undefined;
  const running = [...view.nodes.values()].filter((node) => node.state === "running");
  const named = running.slice(0, NAMED).map(({ plan, startedAt }) => {
    // whole seconds: nobody needs more of what is still going on
    return `${plan.id} (${formatDuration(Math.floor((now - (startedAt ?? now)) / 1000) * 1000)})`;
  });
  const more = running.length > NAMED ? ` and ${String(running.length - NAMED)} more` : "";
  return `still running: ${named.join(", ")}${more}`;
}
