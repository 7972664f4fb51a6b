import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive } from "../../../../../src/util/process/identity.ts";
import { spawnReplica, type WaitingReplica } from "../../../../../src/targets/local/proxy/replica-process.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-replica-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function waiting(...command: readonly string[]): Promise<WaitingReplica> {
  return spawnReplica({
    id: "id",
    revision: 1,
    index: 0,
    port: 1,
    command,
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", GREETING: 'it\'s "here" $HOME' },
    log: join(folder, "log"),
  });
}

describe("spawnReplica", () => {
  it("holds the command back until it is told to go, and stays the same process", async () => {
    const { child, record, go } = await waiting(
      "sh",
      "-c",
      'echo "$$ $GREETING $1" > ran',
      "sh",
      "two  words",
    );
    expect(record.process.pid).toBe(child.pid);
    expect(isAlive(record.process)).toBe(true);
    expect(await readdir(folder)).toEqual(["log"]);
    go();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await readFile(join(folder, "ran"), "utf8")).toBe(
      `${record.process.pid} it's "here" $HOME two  words\n`,
    );
  });

  it("never runs the command when the one that holds it back is gone", async () => {
    const { child } = await waiting("touch", "ran");
    child.stdin?.destroy();
    await once(child, "exit");
    expect(await readdir(folder)).toEqual(["log"]);
  });

  it("says in the log that there is no such program", async () => {
    const { child, go } = await waiting("./no-such-program");
    go();
    expect(await once(child, "exit")).toEqual([127, null]);
    expect(await readFile(join(folder, "log"), "utf8")).toContain("no-such-program");
  });

  it("rejects where no process can be started", async () => {
    await expect(
      spawnReplica({
        id: "id",
        revision: 1,
        index: 0,
        port: 1,
        command: ["true"],
        cwd: join(folder, "gone"),
        env: {},
        log: join(folder, "log"),
      }),
    ).rejects.toThrow("ENOENT");
  });
});
