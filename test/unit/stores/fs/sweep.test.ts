import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileArtifactStore } from "../../../../src/stores/fs/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

describe("sweeping artifacts", () => {
  it("throws out what is old and not needed, and what killed processes have left, and counts it", async () => {
    const root = tempFolder();
    const folder = join(root, "artifacts");
    const store = new FileArtifactStore(folder);
    const digests: string[] = [];
    for (const text of ["needed", "not needed", "young"]) {
      writeFileSync(join(root, "file"), text);
      digests.push((await store.save("x", ["file"], root)).files[0]?.digest ?? "");
    }
    const [needed = "", old = ""] = digests;
    for (const digest of [needed, old]) utimesSync(store.local(digest), 1, 1);
    for (const name of ["incoming-old", "outgoing-old", "incoming-young"]) {
      writeFileSync(join(folder, name), "123");
      if (name.endsWith("old")) utimesSync(join(folder, name), 1, 1);
    }
    mkdirSync(join(folder, "other"));
    expect(await store.size()).toBe("needednot neededyoung".length);
    const before = Date.now() - 60_000;
    const dry = await store.sweep(new Set([needed]), before, true);
    expect(dry).toEqual({ files: 3, bytes: "not needed".length + 6 });
    expect(await store.size()).toBe("needednot neededyoung".length);
    expect(await store.sweep(new Set([needed]), before)).toEqual(dry);
    expect(await store.size()).toBe("neededyoung".length);
    expect(readdirSync(folder).sort()).toEqual(["incoming-young", "other", "sha256"]);
    expect(await store.sweep(new Set([needed]), before)).toEqual({ files: 0, bytes: 0 });
  });

  it("finds nothing where nothing was ever stored", async () => {
    const store = new FileArtifactStore(join(tempFolder(), "none"));
    expect(await store.sweep(new Set(), Date.now())).toEqual({ files: 0, bytes: 0 });
    expect(await store.size()).toBe(0);
  });
});
