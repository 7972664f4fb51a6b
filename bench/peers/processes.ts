import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** In the environment of everything that this measurement starts, so that what stays behind is found again. */
export const MARK = { SLUICE_BENCH: randomUUID() };

/**
 * Ids of processes that this measurement started and that are still there: they have its mark, or work below `root`,
 * because a program that gives itself a title, as npm does, writes it over its environment. Empty without `/proc`.
 */
export function marked(root: string): number[] {
  const mark = `SLUICE_BENCH=${MARK.SLUICE_BENCH}`;
  const ours = (pid: string): boolean =>
    read(`/proc/${pid}/environ`).split("\0").includes(mark) || folderOf(pid).startsWith(`${root}/`);
  return readdirOf("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(ours)
    .map(Number);
}

/** Ends what a peer left running (a daemon), by process id, and says what it was. */
export function endLeftOvers(root: string): string[] {
  const names: string[] = [];
  // One that is ended may have started another meanwhile.
  for (let found = marked(root), tries = 0; found.length > 0 && tries < 50; found = marked(root), tries++)
    names.push(...found.map(end));
  return names;
}

function end(pid: number): string {
  const name = read(`/proc/${pid}/comm`).trim();
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended in between.
  }
  return name;
}

/** How many processes and threads this machine has started since it was, or `undefined` where it does not say. */
export function started(): number | undefined {
  const count = /^processes (\d+)/m.exec(read("/proc/stat"))?.[1];
  return count === undefined ? undefined : Number(count);
}

/** MiB that what runs now holds resident, all processes together but those called `except`. */
export function residentMiB(root: string, except: string): number {
  const kib = marked(root)
    .filter((pid) => read(`/proc/${pid}/comm`).trim() !== except)
    .map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kib.reduce((sum, one) => sum + one, 0) / 1_024;
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

function readdirOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
