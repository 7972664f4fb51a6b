import type { RunSummary } from "../model/index.ts";

/** How something ended in a run. `retried` failed first and passed when it was tried again. */
export type Outcome = "passed" | "failed" | "retried";

/** What all that is seen in one run shares. */
export interface RunSighting {
  /** What was run: equal where the commit and the definition are, its own where that cannot be told. */
  readonly code: string;
  readonly commit: string | null;
  readonly run: string;
  /** When the run began: milliseconds since 1970. */
  readonly at: number;
}

/** Whether it is known to have run what is in its commit and nothing else, so that other runs can be held against it. */
export function isComparable({ dirty, commit }: RunSummary): boolean {
  return dirty === false && commit !== null;
}

export function sightingOf(summary: RunSummary): RunSighting {
  const { run, commit, fingerprint, startedAt } = summary;
  // Params are part of the fingerprint: the same commit may rightly pass with some and fail with others.
  const code = isComparable(summary) ? `${String(commit)} ${fingerprint}` : `run ${run}`;
  return { code, commit, run, at: startedAt };
}
