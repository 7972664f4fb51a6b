import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockHolder, takeLock, type Lock } from "../../../../src/util/state/lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function take(): Promise<Lock> {
  const attempt = await takeLock(folder, "driver", { run: "r" });
  if (!attempt.taken) throw new Error("the lock is held");
  return attempt.lock;
}

/** Rewrites what the newest lock file says. */
async function doctor(edit: (record: Record<string, unknown>) => unknown): Promise<void> {
  const names = await readdir(folder);
  const file = join(folder, names.sort().at(-1) ?? "");
  await writeFile(
    file,
    JSON.stringify(edit(JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>)),
  );
}

describe("takeLock", () => {
  it("gives the lock to one, and says to others who has it", async () => {
    const lock = await take();
    const second = await takeLock(folder, "driver", {});
    expect(second).toMatchObject({
      taken: false,
      holder: { owner: { pid: process.pid }, note: { run: "r" }, released: false },
    });
    await lock.release();
    expect(await lockHolder(folder, "driver")).toBeUndefined();
    await (await take()).release();
  });

  it("keeps locks of other names apart", async () => {
    await take();
    expect((await takeLock(folder, "proxy", {})).taken).toBe(true);
  });

  it("follows an owner whose pid is gone, or belongs to a later process", async () => {
    await take();
    await doctor((record) => ({ ...record, owner: { pid: 2 ** 22 + 1, start: "never" } }));
    await take();
    await doctor((record) => ({ ...record, owner: { pid: process.pid, start: "an earlier start" } }));
    await take();
    expect((await takeLock(folder, "driver", {})).taken).toBe(false);
  });

  it("does not follow an owner on another machine, which cannot be looked at", async () => {
    await take();
    await doctor((record) => ({ ...record, machine: "elsewhere", owner: { pid: 1, start: "x" } }));
    expect(await takeLock(folder, "driver", {})).toMatchObject({ taken: false });
  });

  it("goes to exactly one of many that find the same dead owner", async () => {
    for (let round = 0; round < 20; round += 1) {
      await doctor((record) => ({
        ...record,
        released: false,
        owner: { pid: 2 ** 22 + 1, start: "dead" },
      })).catch(() => undefined);
      const attempts = await Promise.all(Array.from({ length: 8 }, () => takeLock(folder, "driver", {})));
      const winners = attempts.filter((attempt) => attempt.taken);
      expect(winners).toHaveLength(1);
      expect(await readdir(folder)).toHaveLength(1);
    }
  });

  it("names a lock file that makes no sense", async () => {
    await writeFile(join(folder, "driver.7"), "{}");
    await expect(takeLock(folder, "driver", {})).rejects.toMatchObject({
      code: "STATE_CORRUPT",
      path: join(folder, "driver.7"),
    });
  });
});
