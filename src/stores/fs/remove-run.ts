import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "./faults.ts";
import { PLAN } from "./layout.ts";
import { DRAFT_PREFIX, GONE_PREFIX } from "./new-run.ts";

/** Milliseconds after which what is neither a run nor being made into one belongs to a process that was killed. */
const LEFT_OVER_AFTER = 3_600_000;

/** Removes a run in one step, as others see it, and then its files; and what a process killed at either has left. */
export async function removeRun(runs: string, run: string): Promise<void> {
  const folder = join(runs, run);
  const gone = join(runs, `${GONE_PREFIX}${randomBytes(6).toString("hex")}`);
  try {
    await rename(folder, gone);
    await rm(gone, { recursive: true });
    await removeLeftovers(runs);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

async function removeLeftovers(runs: string): Promise<void> {
  const before = Date.now() - LEFT_OVER_AFTER;
  for (const name of await readdir(runs)) {
    const folder = join(runs, name);
    const named = name.startsWith(DRAFT_PREFIX) || name.startsWith(GONE_PREFIX);
    if (!named && existsSync(join(folder, PLAN))) continue;
    const info = await stat(folder).catch(() => undefined);
    if (info !== undefined && info.mtimeMs < before) await rm(folder, { recursive: true, force: true });
  }
}
