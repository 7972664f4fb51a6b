import { hash } from "node:crypto";

/**
 * What the `SLUICE_JOB` of every job of a run begins with. The state folder is part of it, because two projects on one
 * machine may use the same run id.
 */
export function runCookie(run: string, stateDir: string): string {
  return `${run}/${hash("sha256", stateDir).slice(0, 8)}/`;
}
