import { hash } from "node:crypto";

let last = { stateDir: "", mark: "" };

/**
 * What the `SLUICE_JOB` of every job of a run begins with. The state folder is part of it, because two projects on one
 * machine may use the same run id.
 */
export function runCookie(run: string, stateDir: string): string {
  // Asked for each job, nearly always with the same folder.
  if (last.stateDir !== stateDir) last = { stateDir, mark: hash("sha256", stateDir).slice(0, 8) };
  return `${run}/${last.mark}/`;
}
