import type { RunEvent, RunOwner } from "../../model/index.ts";
import type { RecordedRun, RunGlance } from "../../ports/index.ts";
import { foldNodes } from "./fold-nodes.ts";

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
    readonly finished: Pick<Finished, "state" | "reason"> | undefined;
    readonly owner: RunOwner | undefined;
  },
): RunGlance {
  const startedAt = first?.at ?? 0;
  const duration = (last?.at ?? startedAt) - startedAt;
  const state = finished?.state ?? (owner === undefined ? "interrupted" : "running");
  const reason = finished?.reason ?? (state === "running" ? "it is being run" : "its process is gone");
  return { run, pipeline, state, reason, startedAt, duration };
}

/** How a run stands, by all that is on record of it. */
export function glanceOf({
  run,
  plan,
  events,
  owner,
}: Pick<RecordedRun, "run" | "plan" | "events" | "owner">): RunGlance {
  const [first, last] = [events[0], events.at(-1)];
  if (!endsInPart(events))
    return glanceAt(run, plan.pipeline, { first, last, finished: endOf(events), owner });
  const glance = glanceAt(run, plan.pipeline, { first, last, finished: undefined, owner });
  return owner === undefined ? { ...glance, ...foldNodes(plan, events) } : glance;
}

/** The event that ended the run; `undefined` where a process began after it. What ran only a part does not count. */
export function endOf(events: readonly RunEvent[]): Finished | undefined {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if ((event?.type === "run.finished" || event?.type === "run.started") && event.partial !== true)
      return event.type === "run.finished" ? event : undefined;
  }
  return undefined;
}

/** Whether parts of the run were run since a process was last at all of it, so that its nodes say how it stands. */
export function endsInPart(events: readonly RunEvent[]): boolean {
  const last = events.findLast((event) => event.type === "run.started" || event.type === "run.finished");
  return last !== undefined && "partial" in last;
}
