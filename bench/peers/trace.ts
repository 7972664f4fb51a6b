import type { Work } from "./work.ts";

/** What a trace of a checked run shows. */
export interface Trace {
  /** The most jobs that were seen under way at once. */
  readonly peak: number;
  /** The first thing that is wrong, if anything is. */
  readonly problem: string | undefined;
}

/**
 * Reads a trace of lines `+id` and `-id`: whether every job ran once, after everything that it needs, and no more at
 * once than allowed. This finds a peer that skips work, or one that was given another graph.
 */
export function readTrace(text: string, work: Work): Trace {
  const lines = text.split("\n").filter(Boolean);
  const begun = new Map<string, number>();
  const ended = new Map<string, number>();
  let running = 0;
  let peak = 0;
  for (const [at, line] of lines.entries()) {
    const seen = line.startsWith("+") ? begun : ended;
    const id = line.slice(1);
    if (seen.has(id)) return { peak, problem: `job ${id} ran more than once` };
    seen.set(id, at);
    running += line.startsWith("+") ? 1 : -1;
    peak = Math.max(peak, running);
  }
  return { peak, problem: problemOf(work, begun, ended, peak) };
}

function problemOf(
  { jobs, concurrency }: Work,
  begun: ReadonlyMap<string, number>,
  ended: ReadonlyMap<string, number>,
  peak: number,
): string | undefined {
  const missing = jobs.filter(({ id }) => !ended.has(id)).length;
  if (missing > 0) return `${missing} of ${jobs.length} jobs did not run`;
  if (begun.size !== jobs.length) return `${begun.size} jobs ran, and not ${jobs.length}`;
  for (const { id, needs } of jobs)
    for (const need of needs)
      if ((ended.get(need) ?? Infinity) > (begun.get(id) ?? -1))
        return `job ${id} began before ${need} had ended`;
  return peak > concurrency ? `${peak} jobs ran at once, and not ${concurrency} at most` : undefined;
}
