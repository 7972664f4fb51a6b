import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeSocketFolder, socketPath } from "../../../../src/targets/local/layout.ts";

describe("socketPath", () => {
  it("lies in the target's folder where that is short enough, counted in bytes", () => {
    expect(socketPath("/srv/app/.sluice/targets/site")).toBe("/srv/app/.sluice/targets/site/control.sock");
    const wide = `/${"ü".repeat(50)}`;
    expect(socketPath(wide).startsWith(wide)).toBe(false);
  });

  it("is short, and another one for each folder, where it is not", () => {
    const paths = ["a", "b"].map((name) => socketPath(`/${"deep/".repeat(30)}${name}`));
    for (const path of paths) expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
    expect(paths[0]).not.toBe(paths[1]);
    expect(socketPath(`/${"deep/".repeat(30)}a`)).toBe(paths[0]);
  });
});

describe("makeSocketFolder", () => {
  it("refuses a folder into which others may write", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-socket-"));
    try {
      await makeSocketFolder(join(folder, "new", "x.sock"));
      await mkdir(join(folder, "open"));
      await chmod(join(folder, "open"), 0o777);
      await expect(makeSocketFolder(join(folder, "open", "x.sock"))).rejects.toMatchObject({
        code: "STATE_UNWRITABLE",
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
