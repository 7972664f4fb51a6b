import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import type { Plan, RunOwner } from "../../model/index.ts";
import { journalHeader } from "../_shared/header.ts";
import { encodeRecord } from "../_shared/record.ts";
import { nextJournal, PLAN } from "./layout.ts";
import { writeAll } from "./write-all.ts";

/** What folders of runs are called while they are made or removed. No run's id begins with a dot. */
export const DRAFT_PREFIX = ".new-";
export const GONE_PREFIX = ".gone-";

/**
 * Makes a run's folder below `runs` in one step, its Plan and its maker's name in it, so that nobody ever finds a run that belongs
 * to no one. Gives the name of its journal; `undefined` where the run is there already.
 */
export function makeRun(runs: string, run: string, plan: Plan, maker: RunOwner): string | undefined {
  const draft = join(runs, `${DRAFT_PREFIX}${randomBytes(6).toString("hex")}`);
  const folder = join(runs, run);
  mkdirSync(draft);
  try {
    writeNew(join(draft, PLAN), JSON.stringify(plan), true);
    const journal = nextJournal([], Date.now());
    writeNew(join(draft, journal), encodeRecord(journalHeader(maker)), false);
    for (;;) {
      try {
        renameSync(draft, folder);
        return journal;
      } catch (error) {
        const code = codeOf(error);
        if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
        if (existsSync(join(folder, PLAN))) return undefined;
        // What is left of a run that was removed while somebody asked for its lock.
        renameSync(folder, join(runs, `${GONE_PREFIX}${randomBytes(6).toString("hex")}`));
      }
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function writeNew(file: string, text: string, durably: boolean): void {
  const fd = openSync(file, "wx");
  try {
    writeAll(fd, Buffer.from(text));
    if (durably) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
