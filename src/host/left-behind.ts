import { processCookie, runCookie } from "../executors/shell/cookie.ts";
import type { RecordedRun } from "../ports/index.ts";
import { isAlive } from "../util/process/identity.ts";

/** What `SLUICE_JOB` begins with for jobs of processes of a run that are gone, to be swept; see `sweep`. */
export function leftBehind({ run, events }: RecordedRun, stateDir: string): readonly string[] {
  const gone = new Set<number>();
  const alive = new Set<number>();
  for (const event of events) {
    if (event.type !== "run.started") continue;
    // Without a name it may have been any process.
    if (event.owner === undefined) return [runCookie(run, stateDir)];
    (isAlive(event.owner) ? alive : gone).add(event.owner.pid);
  }
  return [...gone].filter((pid) => !alive.has(pid)).map((pid) => processCookie(run, stateDir, pid));
}
