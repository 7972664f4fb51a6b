import { codeOf, isSluiceError } from "../errors/index.ts";
import type { RunGlance, RunStore } from "../ports/index.ts";

/** Is told in words of a run that is passed over. */
export type Warn = (message: string) => void;

/**
 * How the runs of a pipeline stand, the newest first. One that cannot be read is no reason not to look at the others: it is
 * passed over, and told to `warn`.
 */
export async function* glances(store: RunStore, pipeline: string, warn: Warn): AsyncGenerator<RunGlance> {
  for (const run of await store.list()) {
    const glance = await readable(run, () => store.glance(run), warn);
    if (glance?.pipeline === pipeline) yield glance;
  }
}

/** What `read` gives; `undefined` where the run cannot be read, or is gone since it was listed. */
export async function readable<T>(run: string, read: () => Promise<T>, warn: Warn): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const why = whyUnreadable(error);
    if (why !== undefined) warn(`run ${run} is passed over, since it cannot be read: ${why}`);
    return undefined;
  }
}

/** Why a run cannot be read, in words; `undefined` where it is gone. Throws what says nothing of the run. */
export function whyUnreadable(error: unknown): string | undefined {
  if (isSluiceError(error)) return error.code === "RUN_UNKNOWN" ? undefined : error.message;
  if (error instanceof Error && codeOf(error) !== undefined) return error.message;
  throw error;
}
