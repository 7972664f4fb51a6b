import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../../../../../src/model/index.ts";
import { layoutOf, type Layout } from "../../../../../src/targets/local/layout.ts";
import {
  copyVerified,
  createRelease,
  pruneReleases,
  readRelease,
  type ReleaseRecord,
} from "../../../../../src/targets/local/state/release-store.ts";

let folder: string;
let layout: Layout;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-release-"));
  layout = layoutOf(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const digest = `sha256:${createHash("sha256").update("hello").digest("hex")}`;
const artifact: Artifact = {
  name: "site",
  digest: "sha256:all",
  path: "bin",
  size: 5,
  files: [{ path: "bin/run", digest, size: 5, executable: true }],
};
const record: ReleaseRecord = {
  artifact,
  command: ["./bin/run"],
  replicas: 2,
  env: { A: "1" },
  secrets: { TOKEN: "token" },
  health: { path: "/healthz", interval: 1_000, timeout: 2_000, startup: 60_000 },
  port: null,
  drain: 30_000,
  revision: 1,
  target: "site",
  digest: "sha256:release",
  run: "r",
  createdAt: 1,
};

async function fill(to: string): Promise<void> {
  await mkdir(join(to, "bin"));
  await writeFile(join(to, "bin", "run"), "hello");
}

describe("createRelease", () => {
  it("makes the folder with the files and the record", async () => {
    await createRelease(layout, record, fill);
    expect(await readRelease(layout, 1)).toEqual(record);
    expect(await readFile(join(layout.releases, "1", "files", "bin", "run"), "utf8")).toBe("hello");
  });

  it("leaves nothing behind when the files cannot be written", async () => {
    const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
    await expect(createRelease(layout, record, () => Promise.reject(full))).rejects.toMatchObject({
      code: "STATE_UNWRITABLE",
    });
    expect(await readdir(layout.releases)).toEqual([]);
  });

  it("replaces what a killed driver has left of the same revision", async () => {
    await createRelease(layout, record, fill);
    await writeFile(join(layout.releases, "1", "files", "leftover"), "");
    await createRelease(layout, record, fill);
    expect(await readdir(join(layout.releases, "1", "files"))).toEqual(["bin"]);
  });
});

describe("readRelease", () => {
  it("says that the files are gone, or that the record is damaged", async () => {
    await expect(readRelease(layout, 9)).rejects.toMatchObject({ code: "TARGET_STATE" });
    await createRelease(layout, record, fill);
    await writeFile(join(layout.releases, "1", "release.json"), '{"version":1}');
    await expect(readRelease(layout, 1)).rejects.toMatchObject({ code: "STATE_CORRUPT" });
  });
});

describe("copyVerified", () => {
  it("copies files with their mode, and says false for an altered or a missing one", async () => {
    await createRelease(layout, record, fill);
    const from = join(layout.releases, "1", "files");
    const to = join(folder, "copy");
    expect(await copyVerified(artifact, from, to)).toBe(true);
    expect((await stat(join(to, "bin", "run"))).mode & 0o777).toBe(0o755);
    await writeFile(join(from, "bin", "run"), "HELLO");
    expect(await copyVerified(artifact, from, to)).toBe(false);
    await rm(join(from, "bin"), { recursive: true });
    expect(await copyVerified(artifact, from, to)).toBe(false);
  });
});

describe("pruneReleases", () => {
  it("keeps what it is told to and removes the rest, drafts included", async () => {
    for (const revision of [1, 2, 3]) await createRelease(layout, { ...record, revision }, fill);
    await mkdir(join(layout.releases, ".draft-4"));
    await pruneReleases(layout, new Set([2, 3]));
    expect((await readdir(layout.releases)).sort()).toEqual(["2", "3"]);
  });
});
