import { baselineKey } from "../engine/run-host.ts";
import { messageOf } from "../errors/index.ts";
import type { RunStore } from "../ports/index.ts";
import { historyOf } from "./history.ts";

/**
 * Keeps the figures to compare later runs with of a run that processes have run in parts, once all of it has passed. Gives
 * what went wrong, in words: a run does not fail for that.
 */
export async function keepFigures(store: RunStore, run: string): Promise<string | undefined> {
  try {
    const recorded = await store.read(run);
    const { pipeline, state, proposals } = historyOf({ ...recorded, owner: undefined });
    if (state !== "passed" || proposals.size === 0) return undefined;
    const named = [...proposals].map(([node, value]) => [baselineKey(pipeline, node), value] as const);
    await store.baselines.set(new Map(named));
    return undefined;
  } catch (error) {
    return `the figures to compare the next run with could not be kept: ${messageOf(error)}`;
  }
}
