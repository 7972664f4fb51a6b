import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { FileArtifactStore } from "../../../../src/stores/fs/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

/** A store that notes what it has brought to the disk, below its folder. */
function noted(): { readonly root: string; readonly store: FileArtifactStore; readonly synced: string[] } {
  const root = tempFolder();
  const folder = join(root, ".sluice/artifacts");
  const synced: string[] = [];
  const note = (path: string): Promise<void> => {
    synced.push(relative(root, path));
    return Promise.resolve();
  };
  return { root, synced, store: new FileArtifactStore(folder, { file: note, folder: note }) };
}

describe("artifacts in a folder", () => {
  it("are on the disk before they have their names, and then the names are", async () => {
    const { root, store, synced } = noted();
    writeFileSync(join(root, "a"), "same");
    writeFileSync(join(root, "b"), "same");
    const { files } = await store.save("out", ["a"], root);
    const [shard = ""] = /^[0-9a-f]{2}/.exec(files[0]?.digest.slice("sha256:".length) ?? "") ?? [];
    const kept = ".sluice/artifacts";
    expect(synced[0]).toMatch(/^\.sluice\/artifacts\/incoming-/);
    expect(synced.slice(1)).toEqual([`${kept}/sha256/${shard}`, `${kept}/sha256`, kept, ".sluice", ""]);
    // What is there already waits for nothing.
    await store.save("again", ["b"], root);
    expect(synced).toHaveLength(6);
  });

  it("have no name where the disk does not take them", async () => {
    const { root, store: good } = noted();
    writeFileSync(join(root, "a"), "content");
    const failing = new FileArtifactStore(join(root, "other"), {
      file: () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" })),
      folder: () => Promise.resolve(),
    });
    await expect(failing.save("out", ["a"], root)).rejects.toMatchObject({ code: "STATE_UNWRITABLE" });
    const { files } = await good.save("out", ["a"], root);
    expect(existsSync(failing.local(files[0]?.digest ?? ""))).toBe(false);
  });

  it("that were damaged are whole again when they are saved again", async () => {
    const { root, store } = noted();
    writeFileSync(join(root, "a"), "content");
    const digest = (await store.save("out", ["a"], root)).files[0]?.digest ?? "";
    writeFileSync(store.local(digest), "CONTENT");
    await store.save("out", ["a"], root);
    expect(readFileSync(store.local(digest), "utf8")).toBe("content");
  });
});
