import type { ResultOrigin } from "../../model/index.ts";
import { formatDuration } from "../../util/duration.ts";
import type { NodeView } from "../view/node-view.ts";
import { count } from "./numbers.ts";

/** In words, where a result comes from that was not made by running the node now. */
export function originText(origin: ResultOrigin): string {
  if (origin.kind === "run") return `taken over from run ${origin.run}`;
  const place = origin.where === "remote" ? ", from the remote cache" : "";
  return `cached, left by run ${origin.run} in ${formatDuration(origin.took)}${place}`;
}

/** What results from elsewhere have spared a run. */
export interface Spared {
  /** Nodes whose result came from the cache. */
  readonly cached: number;
  /** Nodes whose result was taken over from another run. */
  readonly carried: number;
  /** Milliseconds that the cached nodes took when they ran, less what looking them up took. */
  readonly saved: number;
}

export function sparedBy(nodes: Iterable<NodeView>): Spared {
  let [cached, carried, saved] = [0, 0, 0];
  for (const { state, from, duration } of nodes) {
    if (state !== "succeeded" || from === undefined) continue;
    if (from.kind === "run") carried++;
    else {
      cached++;
      saved += Math.max(0, from.took - (duration ?? 0));
    }
  }
  return { cached, carried, saved };
}

/** For a summary: `2 cached, which saved 12.3s; 1 taken over`; empty where there is nothing to say. */
export function sparedText({ cached, carried, saved }: Spared): string {
  const parts = [
    ...(cached === 0
      ? []
      : [`${count(cached, "result")} from the cache, which saved ${formatDuration(saved)}`]),
    ...(carried === 0 ? [] : [`${count(carried, "result")} taken over from an earlier run`]),
  ];
  return parts.join("; ");
}
