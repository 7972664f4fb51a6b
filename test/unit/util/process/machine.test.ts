import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { machineName, nameOf, type Place } from "../../../../src/util/process/machine.ts";
import { lockHolder, takeLock } from "../../../../src/util/state/lock.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const SRC = join(import.meta.dirname, "../../../../src/util");
const UNSHARE = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
const canUnshare = spawnSync("unshare", [...UNSHARE, "true"]).status === 0;

const machine: Place = { id: "1f2e", host: "vm", boot: "b1", namespace: "pid:[4026531836]" };
const container: Place = { ...machine, namespace: "pid:[4026532180]" };

describe("the name of a machine", () => {
  it("is its id, through reboots and under whatever host name", () => {
    expect(nameOf({ ...machine, host: "other", boot: "b2" })).toBe("1f2e");
  });

  it("is the boot's and the namespace's where ids of processes, or the machine's, are not its own", () => {
    const names = [
      machine,
      container,
      { ...container, namespace: "pid:[4026532181]" },
      { ...container, boot: "b2" },
      { ...container, host: "other" },
      { ...machine, id: "" },
      { ...machine, id: "", boot: "b2" },
    ].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(nameOf({ ...container })).toBe(nameOf(container));
  });

  it("is this process's alone where it cannot be told", () => {
    expect(nameOf({ ...container, namespace: undefined })).toContain(`${process.pid}-`);
  });
});

describe.skipIf(!canUnshare)("a lock in a folder that two containers share", () => {
  it("is not taken from a process whose id the other cannot look up", async () => {
    const folder = tempFolder();
    const attempt = await takeLock(folder, "lock", { run: "r" });
    const script = `
      import { takeLock } from ${JSON.stringify(pathToFileURL(join(SRC, "state/lock.ts")).href)};
      console.log((await takeLock(${JSON.stringify(folder)}, "lock", {})).taken);`;
    const node = [
      process.execPath,
      "--import",
      import.meta.resolve("tsx"),
      "--input-type=module",
      "-e",
      script,
    ];
    expect(execFileSync("unshare", [...UNSHARE, ...node], { encoding: "utf8" }).trim()).toBe("false");
    expect(await lockHolder(folder, "lock")).toMatchObject({ holder: { machine: machineName() } });
    if (attempt.taken) await attempt.lock.release();
  });
});
