import { hash } from "node:crypto";

/**
 * What the `SLUICE_JOB` of every job of a run begins with. The state folder is part of it, because two projects on one
 * machine may use the same run id.
 */
export function runCookie(run: string, stateDir: string): string {
  return `${run}/${hash("sha256", stateDir).slice(0, 8)}/`;
}

/** What that of every job of one process begins with: processes that run parts of a run must not end each other's jobs. */
export function processCookie(run: string, stateDir: string, pid = process.pid): string {
  return `${runCookie(run, stateDir)}${pid}.`;
}
