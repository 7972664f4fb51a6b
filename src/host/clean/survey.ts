import type { RunGlance, RunStore } from "../../ports/index.ts";
import { whyUnreadable } from "../glances.ts";
import { dueBy, type Retention } from "./retention.ts";

export interface DueRun {
  readonly glance: RunGlance;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** Why it is to go; `undefined` where only its size can be a reason. */
  readonly due: string | undefined;
  /** Why it must stay, as far as the run itself says. */
  readonly needed: string | undefined;
}

export interface Survey {
  /** The runs of the pipeline, the newest first. */
  readonly runs: readonly DueRun[];
  /** Runs that cannot be read, with why. They stay. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** How each run of a pipeline stands, and what the retention says of it. Runs of other pipelines are left out. */
export async function survey(
  store: RunStore,
  pipeline: string,
  retention: Retention,
  now: number,
): Promise<Survey> {
  const runs: DueRun[] = [];
  const unreadable = new Map<string, string>();
  let openSeen = false;
  for (const run of await store.list()) {
    let glance: RunGlance;
    try {
      glance = await store.glance(run);
    } catch (error) {
      const why = whyUnreadable(error);
      if (why !== undefined) unreadable.set(run, why);
      continue;
    }
    if (glance.pipeline !== pipeline) continue;
    const endedAt = glance.startedAt + glance.duration;
    const newestOpen: boolean = !openSeen && glance.state !== "passed";
    openSeen ||= newestOpen;
    const due = dueBy(retention, now - endedAt, runs.length);
    const needed = inProgress(glance) ?? (newestOpen && now - endedAt < retention.openFor ? OPEN : undefined);
    runs.push({ glance, endedAt, due, needed });
  }
  return { runs, unreadable };
}

const OPEN = "it is what resume goes on with";

/** Why a run must stay whatever its age: something is still to happen to it. */
export function inProgress({ state }: Pick<RunGlance, "state">): string | undefined {
  if (state === "running") return "it is being run";
  return state === "suspended" ? "it waits for an answer" : undefined;
}
