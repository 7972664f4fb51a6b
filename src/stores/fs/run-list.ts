import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import { PLAN } from "./layout.ts";

export const RUN_ID = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** The UTC second in an id that Sluice gave. */
const STAMP = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{6}$/;

/** The ids of the runs in a folder, the newest first. */
export function listRuns(runs: string): readonly string[] {
  const found = namesIn(runs).flatMap((run) => {
    if (!RUN_ID.test(run)) return [];
    // The Plan is written when the run is made and never again.
    const at = timeOf(join(runs, run, PLAN));
    return at === undefined ? [] : [{ run, at: secondOf(run) ?? at }];
  });
  found.sort((a, b) => b.at - a.at || (a.run < b.run ? 1 : -1));
  return found.map(({ run }) => run);
}

/** When a file was written, and 0 where one is there that cannot be looked at: a run is not hidden by that. */
export function timeOf(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  } catch (error) {
    return codeOf(error) === "ENOTDIR" ? undefined : 0;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Files that were copied have lost their times; such an id has not. */
function secondOf(run: string): number | undefined {
  const parts = STAMP.exec(run)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
