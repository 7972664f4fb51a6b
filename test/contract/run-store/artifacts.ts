import { chmodSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StoreMachines } from "./fixture.ts";
import { FileArtifactStore } from "../../../src/stores/fs/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const root = tempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

const OTHER = `sha256:${"0".repeat(64)}`;
const LATER = Date.now() + 86_400_000;

/** How files are kept by content. */
export function describeArtifacts(machines: StoreMachines): void {
  describe("artifacts", () => {
    it("are put in place on another machine, with their modes", async () => {
      const open = await machines();
      const files = {
        "dist/a.txt": "same",
        "dist/deep/b.txt": "same",
        "dist/tool": "#!/bin/sh\n",
        "dist/empty": "",
      };
      const root = folderWith(files);
      chmodSync(join(root, "dist/tool"), 0o755);
      const artifact = await (await open()).artifacts.save("out", ["dist/**"], root);
      expect(artifact.files).toHaveLength(4);
      expect(artifact.path).toBe("dist");
      const to = tempFolder();
      await (await open()).artifacts.restore(artifact, to);
      for (const [path, content] of Object.entries(files))
        expect(readFileSync(join(to, path), "utf8"), path).toBe(content);
      expect(statSync(join(to, "dist/tool")).mode & 0o777).toBe(0o755);
      expect(statSync(join(to, "dist/a.txt")).mode & 0o111).toBe(0);
    });

    it("of equal content have equal digests, and are kept once", async () => {
      const open = await machines();
      const one = await (await open()).artifacts.save("one", ["*"], folderWith({ x: "content" }));
      const store = await open();
      const before = await store.artifacts.size();
      const two = await store.artifacts.save("two", ["*"], folderWith({ x: "content" }));
      expect(two.digest).toBe(one.digest);
      expect(await store.artifacts.size()).toBe(before);
      expect(before).toBe(7);
    });

    it("are adopted from elsewhere, only what is not there already, and stay as long as those that are saved", async () => {
      const open = await machines();
      const there = folderWith({ x: "known", y: "new", z: "new" });
      const artifact = await new FileArtifactStore(tempFolder()).save("out", ["*"], there);
      const store = await open();
      await store.artifacts.save("part", ["x"], there);
      const taken: string[] = [];
      const take = async (digest: string, file: string): Promise<void> => {
        taken.push(digest);
        writeFileSync(file, "new");
        utimesSync(file, 1, 1);
        await Promise.resolve();
      };
      await store.artifacts.adopt(artifact, take);
      expect(taken).toEqual([artifact.files[1]?.digest]);
      await store.artifacts.adopt(artifact, take);
      expect(taken).toHaveLength(1);
      expect(await store.artifacts.sweep(new Set(), Date.now() - 3_600_000)).toEqual({ files: 0, bytes: 0 });
      const to = tempFolder();
      await (await open()).artifacts.restore(artifact, to);
      expect(readFileSync(join(to, "z"), "utf8")).toBe("new");
      const unfit = { ...artifact, files: artifact.files.map((file) => ({ ...file, digest: OTHER })) };
      await expect(
        store.artifacts.adopt(unfit, () => Promise.reject(new Error("does not fit"))),
      ).rejects.toThrow("does not fit");
    });

    it("are an error where nothing matches, and where a file is not in the store", async () => {
      const open = await machines();
      const store = await open();
      const root = folderWith({ x: "content" });
      await expect(store.artifacts.save("out", ["nothing/**"], root)).rejects.toMatchObject({
        code: "ARTIFACT_MISSING",
      });
      const artifact = await store.artifacts.save("out", ["x"], root);
      const [file] = artifact.files;
      if (file === undefined) throw new Error("no file");
      const absent = { ...artifact, files: [{ ...file, digest: `sha256:${"0".repeat(64)}` }] };
      await expect((await open()).artifacts.restore(absent, tempFolder())).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
      });
      const outside = { ...artifact, files: [{ ...file, path: "../x" }] };
      await expect((await open()).artifacts.restore(outside, tempFolder())).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
      });
    });

    it("are swept but for what is to be kept, or was stored lately", async () => {
      const open = await machines();
      const store = await open();
      const kept = await store.artifacts.save("kept", ["x"], folderWith({ x: "kept" }));
      const gone = await store.artifacts.save("gone", ["x"], folderWith({ x: "gone!" }));
      const keep = new Set(kept.files.map((file) => file.digest));
      expect(await store.artifacts.sweep(keep, Date.now() - 86_400_000)).toEqual({ files: 0, bytes: 0 });
      expect(await store.artifacts.sweep(keep, LATER, true)).toEqual({ files: 1, bytes: 5 });
      expect(await store.artifacts.size()).toBe(9);
      expect(await store.artifacts.sweep(keep, LATER)).toEqual({ files: 1, bytes: 5 });
      expect(await store.artifacts.size()).toBe(4);
      const elsewhere = await open();
      await elsewhere.artifacts.restore(kept, tempFolder());
      await expect(elsewhere.artifacts.restore(gone, tempFolder())).rejects.toMatchObject({
        code: "ARTIFACT_CORRUPT",
      });
    });
  });
}
