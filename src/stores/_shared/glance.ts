import type { RunEvent, RunOwner } from "../../model/index.ts";
import type { RunGlance } from "../../ports/index.ts";

type Finished = Extract<RunEvent, { type: "run.finished" }>;

/** How a run stands, by the first, the last and the ending event of its journal. */
export function glanceAt(
  run: string,
  pipeline: string,
  {
    first,
    last,
    finished,
    owner,
  }: {
    readonly first: RunEvent | undefined;
    readonly last: RunEvent | undefined;
    /** Absent where a process began, or began again, without ending the run. */
    readonly finished: Finished | undefined;
    readonly owner: RunOwner | undefined;
  },
): RunGlance {
  const startedAt = first?.at ?? 0;
  const duration = (last?.at ?? startedAt) - startedAt;
  const state = finished?.state ?? (owner === undefined ? "interrupted" : "running");
  const reason = finished?.reason ?? (state === "running" ? "it is being run" : "its process is gone");
  return { run, pipeline, state, reason, startedAt, duration };
}

/** The event that ended the run; `undefined` where a process began after it. */
export function endOf(events: readonly RunEvent[]): Finished | undefined {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (event?.type === "run.finished") return event;
    if (event?.type === "run.started") return undefined;
  }
  return undefined;
}
