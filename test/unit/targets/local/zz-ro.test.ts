import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { expect, it } from "vitest";
import { Rig } from "/work/main/test/integration/local-target/rig.ts";
it("read-only disk", async () => {
  mkdirSync("/tmp/lt/ro", { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", "/tmp/lt/ro"]);
  const rig = Rig.at("/tmp/lt/ro");
  try {
    await rig.deploy(rig.app({ version: "one", replicas: 1 })); await rig.stop();
    execFileSync("mount", ["-o", "remount,ro", "/tmp/lt/ro"]);
    const error: any = await rig.connect(rig.app({ version: "two", replicas: 1 })).catch((e) => e);
    console.log(error.code, error.message, error.hint);
    expect(error.code).toBe("STATE_UNWRITABLE");
    console.log((await rig.status()).history.length, await rig.stop().catch((e) => e.code));
  } finally { execFileSync("umount", ["-l", "/tmp/lt/ro"]); }
}, 120000);
