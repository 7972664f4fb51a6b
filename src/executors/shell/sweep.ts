import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { idsBefore, type Moment } from "./moment.ts";
import { processIds, vanishes } from "./process-group.ts";

/** The variable by which a job's processes are recognised even after they have left its process group. */
export const COOKIE_VARIABLE = "SLUICE_JOB";

/** Milliseconds for what got SIGKILL to vanish. */
const KILL_WAIT = 1_000;

/** Milliseconds for an `exec` to get on. */
const EXEC_WAIT = 5;

/** Options of {@link sweep}. */
export interface SweepOptions {
  /**
   * Milliseconds between SIGTERM and SIGKILL.
   * @defaultValue 2000
   */
  readonly grace?: number;
  /**
   * Looks only at processes that were started after it.
   * @defaultValue all are looked at
   */
  readonly since?: Moment | undefined;
}

/**
 * Ends every process whose `SLUICE_JOB` begins with `cookie`, or with one of several: one job's, or what those of a run's
 * or a process's jobs begin with. It finds daemons too, since they keep their environment. Looks at `/proc`, so it does
 * nothing but on Linux; it reads one small file for each process that it looks at.
 *
 * @returns how many processes it found
 *
 * @example
 * ```ts
 * await sweep(processCookie(runId, ".sluice")); // at the end of a run
 * ```
 */
export async function sweep(cookie: string | readonly string[], options: SweepOptions = {}): Promise<number> {
  const { grace = 2_000, since } = options;
  const cookies = (typeof cookie === "string" ? [cookie] : cookie).filter((one) => one !== "");
  const found = await signalAll(cookies, "SIGTERM", since);
  if (found === 0) return 0;
  if (await vanishes(async () => (await carriers(cookies, since)).length > 0, grace)) return found;
  // What forks while it is looked for turns up in the next round.
  await vanishes(async () => (await signalAll(cookies, "SIGKILL", since)) > 0, KILL_WAIT);
  return found;
}

async function signalAll(
  cookies: readonly string[],
  signal: NodeJS.Signals,
  since: Moment | undefined,
): Promise<number> {
  const pids = await carriers(cookies, since);
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
  return pids.length;
}

async function carriers(cookies: readonly string[], since: Moment | undefined): Promise<number[]> {
  if (process.platform !== "linux" || cookies.length === 0) return [];
  const before = since === undefined ? 0 : idsBefore(since);
  const pids = (await processIds()).filter((pid) => Number(pid) > before && pid !== String(process.pid));
  const { found, empty } = look(pids, cookies);
  // A process that is just being replaced by a program shows no environment for a moment.
  if (empty.length === 0) return found;
  await sleep(EXEC_WAIT);
  return [...found, ...look(empty, cookies).found];
}

// Read in one go: the files are short and made by the kernel, and a promise for each would cost ten times as much.
function look(pids: readonly string[], cookies: readonly string[]): { found: number[]; empty: string[] } {
  const entries = cookies.map((cookie) => `\0${COOKIE_VARIABLE}=${cookie}`);
  const found: number[] = [];
  const empty: string[] = [];
  for (const pid of pids) {
    // Unreadable are processes of others and those that are gone.
    const environment = readQuietly(`/proc/${pid}/environ`);
    if (environment === "") {
      if (!isKernelThread(pid)) empty.push(pid);
    } else if (environment !== undefined && entries.some((entry) => `\0${environment}`.includes(entry)))
      found.push(Number(pid));
  }
  return { found, empty };
}

/** Threads of the kernel have no environment ever; their parent is the second process. */
function isKernelThread(pid: string): boolean {
  const stat = readQuietly(`/proc/${pid}/stat`) ?? "";
  return pid === "2" || stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === "2";
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
