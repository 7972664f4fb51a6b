import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync, rmSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Rig } from "/work/main/test/integration/local-target/rig.ts";
import { ask } from "/work/main/test/integration/local-target/load.ts";
it("full disk", async () => {
  mkdirSync("/tmp/lt/full", { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", "/tmp/lt/full"]);
  const rig = Rig.at("/tmp/lt/full");
  try {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    const driver = await rig.connect(rig.app({ version: "two", replicas: 1 }));
    let n = 0; try { for (;;) writeFileSync(`/tmp/lt/full/fill${n++}`, Buffer.alloc(4096)); } catch (e) { console.log(String(e), n); }
    const before = readFileSync(rig.path("state.json"), "utf8");
    const error: any = await driver.start(1).catch((e) => e);
    console.log(error.code, error.message, error.hint);
    expect(error.code).toBe("STATE_UNWRITABLE");
    expect(readFileSync(rig.path("state.json"), "utf8")).toBe(before);
    console.log(execFileSync("find", ["/tmp/lt/full/.sluice", "-type", "f"], { encoding: "utf8" }));
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
    console.log(await driver.counts?.snapshot().catch((e) => e));
    // free a little: enough for the release, then fill again before the replica is recorded
    for (let i = 0; i < n; i++) rmSync(`/tmp/lt/full/fill${i}`, { force: true });
    await driver.start(1);
    await driver.promote(); await driver.close();
    expect(await ask(url)).toMatchObject({ status: 200, revision: 2 });
  } finally { await rig.stop().catch((e) => console.log("stop", e)); console.log("alive", await rig.look().catch(()=>0), rig.alive()); execFileSync("umount", ["-l", "/tmp/lt/full"]); }
}, 120000);
it("read-only disk", async () => {
  mkdirSync("/tmp/lt/full", { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", "/tmp/lt/full"]);
  const rig = Rig.at("/tmp/lt/full");
  try {
    const url = await rig.deploy(rig.app({ version: "one", replicas: 1 }));
    execFileSync("mount", ["-o", "remount,ro", "/tmp/lt/full"]);
    const error: any = await rig.connect(rig.app({ version: "two", replicas: 1 })).catch((e) => e);
    console.log(error.code, error.message, error.hint);
    expect(error.code).toBe("STATE_UNWRITABLE");
    expect(await ask(url)).toMatchObject({ status: 200, revision: 1 });
    console.log(await rig.status());
    for (let i = 0; i < 5; i++) await ask(url);
  } finally { execFileSync("mount", ["-o", "remount,rw", "/tmp/lt/full"]); await rig.stop().catch((e) => console.log("stop", e)); console.log("alive", rig.alive()); execFileSync("umount", ["-l", "/tmp/lt/full"]); }
}, 120000);
