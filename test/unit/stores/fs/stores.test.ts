import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../../src/model/index.ts";
import { FileBaselineStore, FileRunStore } from "../../../../src/stores/fs/index.ts";
import { decodeJournal } from "../../../../src/stores/_shared/record.ts";
import { planOf } from "../../../fixtures/engine-run.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const plan = planOf((p) => {
  p.stage("a").job("x", () => 1);
});
const other = planOf((p) => {
  p.stage("a").job("y", () => 1);
});
const succeeded = (node: string, output: number): RunEvent => ({
  type: "node.succeeded",
  at: 1,
  node,
  attempt: 1,
  duration: 2,
  flaky: false,
  output,
});

describe("runs", () => {
  it("keep their plan, events, outputs and logs", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    const recorder = await store.create("run-1", plan);
    recorder.append(succeeded("a/x", 42));
    const sink = recorder.log("a/x");
    await sink.write(Buffer.from("hello"));
    await sink.close();
    await recorder.close();
    const read = await store.read("run-1");
    expect(read.plan).toEqual(plan);
    expect(read.outputs.get("a/x")).toBe(42);
    expect(readFileSync(join(folder, "runs/run-1/logs/a~x.log"), "utf8")).toBe("hello");
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
    expect(await store.list()).toEqual(["run-1"]);
  });

  it("are on disk as soon as they are committed, without being closed", async () => {
    const folder = tempFolder();
    const recorder = await new FileRunStore(folder).create("run-1", plan);
    recorder.append(succeeded("a/x", 1));
    const [name = ""] = readdirSync(join(folder, "runs/run-1")).filter((one) => one.startsWith("journal"));
    const file = join(folder, "runs/run-1", name);
    expect(decodeJournal(readFileSync(file), file).events).toHaveLength(0);
    await recorder.commit();
    expect(decodeJournal(readFileSync(file), file).events).toHaveLength(1);
    await recorder.close();
  });

  it("can be joined by a second process of the same definition, and by no other", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    const first = await store.create("run-1", plan);
    first.append(succeeded("a/x", 1));
    await first.close();
    const second = await store.create("run-1", plan);
    second.append(succeeded("a/z", 2));
    await second.close();
    expect([...(await store.read("run-1")).outputs]).toEqual([
      ["a/x", 1],
      ["a/z", 2],
    ]);
    await expect(store.create("run-1", other)).rejects.toMatchObject({ code: "STATE_CORRUPT" });
  });

  it("are missed by name, and refused where the plan is not one", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    expect(await store.list()).toEqual([]);
    await expect(store.read("nope")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    await expect(store.create("../evil", plan)).rejects.toMatchObject({ code: "USAGE" });
    mkdirSync(join(folder, "runs/bad"), { recursive: true });
    writeFileSync(join(folder, "runs/bad/plan.json"), "{");
    await expect(store.read("bad")).rejects.toMatchObject({ code: "STATE_CORRUPT" });
    writeFileSync(join(folder, "runs/bad/plan.json"), '{"version":99}');
    await expect(store.read("bad")).rejects.toThrow(/version 99/);
  });

  it("say in words why the folder cannot be written", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "file"), "");
    await expect(new FileRunStore(join(folder, "file")).create("run-1", plan)).rejects.toMatchObject({
      code: "STATE_UNWRITABLE",
      message: expect.stringContaining("not a folder") as string,
    });
  });
});

describe("artifacts", () => {
  function workspace(): { root: string; store: FileRunStore } {
    const root = tempFolder();
    mkdirSync(join(root, "dist/sub"), { recursive: true });
    writeFileSync(join(root, "dist/a.txt"), "alpha");
    writeFileSync(join(root, "dist/sub/b ü.sh"), "beta");
    chmodSync(join(root, "dist/sub/b ü.sh"), 0o755);
    return { root, store: new FileRunStore(join(root, ".sluice")) };
  }

  it("come back with their paths, content and modes", async () => {
    const { root, store } = workspace();
    const artifact = await store.artifacts.save("dist", ["dist/**"], root);
    expect(artifact).toMatchObject({ name: "dist", path: "dist", size: 9 });
    expect(artifact.files.map((file) => file.path)).toEqual(["dist/a.txt", "dist/sub/b ü.sh"]);
    const to = tempFolder();
    await store.artifacts.restore(artifact, to);
    expect(readFileSync(join(to, "dist/a.txt"), "utf8")).toBe("alpha");
    expect(statSync(join(to, "dist/sub/b ü.sh")).mode & 0o777).toBe(0o755);
    expect(statSync(join(to, "dist/a.txt")).mode & 0o111).toBe(0);
  });

  it("have a digest of their content: equal for equal files, another for another byte, name or mode", async () => {
    const { root, store } = workspace();
    const digest = async (): Promise<string> => (await store.artifacts.save("x", ["dist/**"], root)).digest;
    const first = await digest();
    expect(await digest()).toBe(first);
    writeFileSync(join(root, "dist/a.txt"), "alphA");
    const second = await digest();
    expect(second).not.toBe(first);
    chmodSync(join(root, "dist/a.txt"), 0o755);
    expect(await digest()).not.toBe(second);
  });

  it("refuse globs that match nothing, and content that was changed, leaving nothing half restored", async () => {
    const { root, store } = workspace();
    await expect(store.artifacts.save("x", ["gone/**"], root)).rejects.toMatchObject({
      code: "ARTIFACT_MISSING",
    });
    const artifact = await store.artifacts.save("x", ["dist/a.txt"], root);
    const hex = (artifact.files[0]?.digest ?? "").slice(7);
    const kept = join(root, ".sluice/artifacts/sha256", hex.slice(0, 2), hex.slice(2));
    truncateSync(kept, 2);
    const to = tempFolder();
    await expect(store.artifacts.restore(artifact, to)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
    expect(existsSync(join(to, "dist/a.txt"))).toBe(false);
    expect(readdirSync(join(to, "dist"))).toEqual([]);
  });

  it("never write outside the folder that they are restored to", async () => {
    const { root, store } = workspace();
    const artifact = await store.artifacts.save("x", ["dist/a.txt"], root);
    const evil = { ...artifact, files: artifact.files.map((file) => ({ ...file, path: "../evil.txt" })) };
    await expect(store.artifacts.restore(evil, tempFolder())).rejects.toMatchObject({
      code: "ARTIFACT_CORRUPT",
    });
  });
});

describe("baselines", () => {
  it("are what was set last, and refused where the file is damaged", async () => {
    const folder = tempFolder();
    const store = new FileBaselineStore(folder);
    expect(await store.get("p/s/g")).toBe(undefined);
    await store.set(new Map([["p/s/g", { n: 1 }]]));
    await store.set(new Map([["p/s/g", { n: 2 }]]));
    expect(await store.get("p/s/g")).toEqual({ n: 2 });
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "{");
    await expect(store.get("p/s/g")).rejects.toMatchObject({ code: "STATE_CORRUPT" });
  });
});
