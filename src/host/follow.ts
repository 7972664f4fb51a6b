import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunGlance, RunStore } from "../ports/index.ts";

/** Milliseconds between two looks, at least. */
const EVERY = 200;
/** And at least so many times what a look took, so that it costs little where there are many logs or they are far away. */
const TIMES = 4;

/** A piece of what a node printed. */
export interface LogChunk {
  readonly node: string;
  readonly chunk: Uint8Array;
}

/**
 * What the nodes of a run have printed and go on printing, until no process is at the run any more or `signal` stops it.
 * It looks again and again, because a store says nothing by itself; nodes that start later and new attempts show up
 * where they print. Returns how the run stands at the end.
 *
 * @throws SluiceError `RUN_UNKNOWN`, also where the run is removed meanwhile
 */
export async function* followLogs(
  store: RunStore,
  run: string,
  nodes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LogChunk, RunGlance, void> {
  const seen = new Map<string, number>();
  for (;;) {
    const began = performance.now();
    // Asked before the logs are read, so that what was printed up to the end is read after it.
    const glance = await store.glance(run);
    for (const node of nodes) {
      for await (const chunk of store.log(run, node, seen.get(node) ?? 0)) {
        seen.set(node, (seen.get(node) ?? 0) + chunk.length);
        yield { node, chunk };
        if (signal.aborted) return glance;
      }
    }
    if (glance.state !== "running" || signal.aborted) return glance;
    const pause = Math.max(EVERY, TIMES * (performance.now() - began));
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
