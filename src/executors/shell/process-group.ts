import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks at a group that is to end; grows from the first to the second. */
const POLL = { first: 4, longest: 50 } as const;

/** Milliseconds for what got SIGKILL to vanish. Longer only for a process stuck in the kernel. */
const KILL_WAIT = 1_000;

/** Sends `signal` to every process of a group; `false` where there is none, or none that we may signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends a group: SIGTERM, and SIGKILL for what is left after `grace` milliseconds. Resolves when it is gone, or when
 * not even SIGKILL has ended it within a second.
 */
export async function endGroup(group: number, grace: number): Promise<void> {
  if (!signalGroup(group, "SIGTERM")) return;
  // A stopped process would see the SIGTERM only when somebody lets it go on.
  signalGroup(group, "SIGCONT");
  if (await vanishes(() => groupLives(group), grace)) return;
  signalGroup(group, "SIGKILL");
  await vanishes(() => groupLives(group), KILL_WAIT);
}

/** Whether `lives` turns false within `ms`. */
export async function vanishes(lives: () => Promise<boolean>, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (let pause: number = POLL.first; await lives(); pause = Math.min(pause * 2, POLL.longest)) {
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(pause, left));
  }
  return true;
}

/** Whether a process of the group still runs. One that has ended and that nobody has waited for does not. */
async function groupLives(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  // In a container whose first process waits for nobody, the ended ones keep the group signallable for ever.
  for (const pid of await processIds()) {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
    // After the name in parentheses, which can hold anything: state, parent, group.
    const [state, , owner] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (owner === String(group) && state !== "Z" && state !== "X") return true;
  }
  return false;
}

/** Ids of all processes; empty where there is no `/proc`. */
export async function processIds(): Promise<string[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name));
}
