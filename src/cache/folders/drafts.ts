import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, thisProcess } from "../../util/process/identity.ts";
import { machineName } from "../../util/process/machine.ts";

/**
 * A path of its own, on the same disk as the folders, for what is not whole yet. It says whose it is, so that what a
 * killed process has left can be told from what another one is at.
 */
export async function newDraft(root: string): Promise<string> {
  const drafts = join(root, ".drafts");
  await mkdir(drafts, { recursive: true });
  await sweep(drafts);
  const { pid, start } = thisProcess();
  const owner = [machine(), String(pid), Buffer.from(start).toString("base64url")];
  return join(drafts, [...owner, randomBytes(6).toString("hex")].join("."));
}

async function sweep(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const [where, pid, start] = name.split(".");
    if (where !== machine() || pid === undefined || start === undefined) continue;
    if (isAlive({ pid: Number(pid), start: Buffer.from(start, "base64url").toString() })) continue;
    await rm(join(drafts, name), { recursive: true, force: true });
  }
}

function machine(): string {
  return createHash("sha256").update(machineName()).digest("hex").slice(0, 12);
}
