import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pruneResults, sizeOfResults } from "../../../src/cache/results/prune.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { CacheRig, jobPlan, MemoryBlobs } from "./support.ts";

const plan = jobPlan({ cache: { inputs: "src/**" }, artifacts: { dist: "dist/**" } });

function prepared(options?: ConstructorParameters<typeof CacheRig>[0]): CacheRig {
  const rig = new CacheRig(options);
  rig.write("src/a.ts", "a");
  rig.write(".gitignore", "dist\n");
  return rig;
}

function builder(rig: CacheRig): () => void {
  return () => {
    rig.write("dist/app.js", `built from ${rig.read("src/a.ts")}`);
    rig.write("dist/run.sh", "run");
    rig.executable("dist/run.sh");
  };
}

/** The only file below a folder of the results whose path holds `part`. */
function keptFile(rig: CacheRig, folder: string, holds: (text: string) => boolean = () => true): string {
  const root = join(rig.stateDir, "cache/results", folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const found = files.find((file) => holds(readFileSync(file, "utf8")));
  if (found === undefined) throw new Error(`nothing of the kind in ${root}`);
  return found;
}

describe("a cached job", () => {
  it("gives what it left back: output, files with their modes, and log", async () => {
    const rig = prepared();
    const first = await rig.run(plan, builder(rig), { log: "compiled 1 file\n" });
    expect(first.answer).toMatchObject({ hit: false, reason: "never run here" });
    rmSync(join(rig.root, "dist"), { recursive: true });
    const second = await rig.run(plan);
    expect(second.answer).toMatchObject({
      hit: true,
      where: "local",
      run: "run-1",
      took: 1_000,
      output: { stdout: "made" },
    });
    expect(second.log).toBe("compiled 1 file\n");
    expect(rig.read("dist/app.js")).toBe("built from a");
    expect(lstatSync(join(rig.root, "dist/run.sh")).mode & 0o111).toBe(0o111);
    expect(second.warnings).toEqual([]);
  });

  it("misses after an edit, says why, and hits again after it is taken back", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    rig.write("src/a.ts", "b");
    rig.write("src/new.ts", "");
    const edited = await rig.run(plan, builder(rig));
    expect(edited.answer).toMatchObject({ hit: false, reason: "src/a.ts differs, src/new.ts is new" });
    rig.write("src/a.ts", "a");
    rig.remove("src/new.ts");
    const reverted = await rig.run(plan);
    expect(reverted.answer.hit).toBe(true);
    expect(rig.read("dist/app.js")).toBe("built from a");
  });

  it("leaves files alone that are what they should be, and replaces the others", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    rig.age("dist/app.js");
    const before = lstatSync(join(rig.root, "dist/app.js"), { bigint: true });
    rig.write("dist/run.sh", "somebody's own");
    expect((await rig.run(plan)).answer.hit).toBe(true);
    const after = lstatSync(join(rig.root, "dist/app.js"), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect(rig.read("dist/run.sh")).toBe("run");
  });

  it("does not write through a link that leads out of the root", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    rmSync(join(rig.root, "dist"), { recursive: true });
    const outside = tempFolder();
    symlinkSync(outside, join(rig.root, "dist"));
    const { answer, warnings } = await rig.run(plan, builder(rig));
    expect(answer.hit).toBe(false);
    expect(warnings.join()).toContain("leads out of the root");
  });

  it("is run and kept anew where it is asked to be", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    const { answer } = await rig.run(plan, builder(rig), { use: false });
    expect(answer).toMatchObject({ hit: false, reason: "asked to run again" });
  });

  it("is not kept where an input changes while it runs", async () => {
    const rig = prepared();
    const first = await rig.run(plan, () => {
      builder(rig)();
      rig.write("src/a.ts", "changed by somebody");
    });
    expect(first.warnings).toEqual([
      "what build/app left is not kept in the cache: src/a.ts changed while it ran",
    ]);
    rig.write("src/a.ts", "a");
    expect((await rig.run(plan, builder(rig))).answer.hit).toBe(false);
  });

  it("is run without being kept where no file matches its inputs", async () => {
    const rig = prepared();
    const { answer, warnings } = await rig.run(jobPlan({ cache: { inputs: "scr/**" } }));
    expect(answer).not.toHaveProperty("key");
    expect(warnings.join()).toContain("no file matches the inputs of build/app (scr/**)");
  });

  it("warns of a glob among others that means no file", async () => {
    const rig = prepared();
    const { answer, warnings } = await rig.run(jobPlan({ cache: { inputs: ["src/**", "tsconfg.json"] } }));
    expect(answer).toHaveProperty("key");
    expect(warnings).toEqual(['no file matches "tsconfg.json" of the inputs of build/app']);
  });

  it("warns of a variable that counts and does not reach the job", async () => {
    const rig = prepared();
    rig.outer = { MODE: "production" };
    const { warnings } = await rig.run(jobPlan({ cache: { inputs: "src/**", env: ["MODE"] } }));
    expect(warnings).toEqual([
      "MODE is set, but build/app does not get it: name it in the pipeline's passEnv too",
    ]);
  });

  it("tells a variable that is not set from an empty one", async () => {
    const rig = prepared();
    const named = jobPlan({ cache: { inputs: "src/**", env: ["MODE"] } });
    rig.env = { MODE: "" };
    const empty = await rig.run(named);
    rig.env = {};
    const unset = await rig.run(named);
    expect(unset.answer).toMatchObject({ hit: false, reason: "env MODE was empty" });
    rig.env = { MODE: "production" };
    expect((await rig.run(named)).answer).toMatchObject({ hit: false, reason: "env MODE was not set" });
    expect(empty.warnings).toEqual([]);
  });

  it("is not looked up where a tool fails, and says which", async () => {
    const rig = prepared();
    const failing = jobPlan({ cache: { inputs: "src/**", tools: ["echo broken >&2; exit 3"] } });
    const { answer, warnings } = await rig.run(failing);
    expect(answer).not.toHaveProperty("key");
    expect(warnings.join()).toContain("the tool `echo broken >&2; exit 3` fails with exit code 3: broken");
  });
});

describe("a damaged entry", () => {
  it.each([
    ["a manifest that is cut", "entries", (text: string) => text.slice(0, -10)],
    ["a manifest with another word in it", "entries", (text: string) => text.replace("made", "fake")],
    ["an empty manifest", "entries", () => ""],
    ["a content that differs", "content", () => "built from b"],
  ])("with %s is told, removed, and made anew", async (_what, folder, damage) => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    const file = keptFile(rig, folder, (text) => folder === "entries" || text === "built from a");
    chmodSync(file, 0o644);
    const text = readFileSync(file, "utf8");
    rmSync(file);
    writeFileSync(file, damage(text));
    rig.write("dist/app.js", "stale");
    rig.write("dist/run.sh", "stale too");
    const { answer, warnings } = await rig.run(plan, () => {
      // Nothing of the entry was put in place before all of it was verified.
      expect(rig.read("dist/run.sh")).toBe("stale too");
      builder(rig)();
    });
    expect(answer.hit).toBe(false);
    expect(warnings.join()).toContain("the result that is kept for build/app is not used");
    expect((await rig.run(plan)).answer.hit).toBe(true);
  });

  it("does not serve a job that declares other artifacts", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    const other = jobPlan({ cache: { inputs: "src/**" }, artifacts: { dist: "dist/*.js" } });
    expect((await rig.run(other, builder(rig))).answer).toMatchObject({
      hit: false,
      reason: "its artifacts are declared otherwise",
    });
  });
});

describe("a remote cache", () => {
  it("serves another checkout", async () => {
    const blobs = new MemoryBlobs();
    const here = prepared();
    here.remote = blobs;
    await here.run(plan, builder(here), { log: "log" });
    expect(blobs.blobs.size).toBe(1);
    const there = prepared();
    there.remote = blobs;
    const { answer, log, warnings } = await there.run(plan);
    expect(answer).toMatchObject({ hit: true, where: "remote" });
    expect(there.read("dist/app.js")).toBe("built from a");
    expect(log).toBe("log");
    expect(warnings).toEqual([]);
    there.remote = undefined;
    expect((await there.run(plan)).answer).toMatchObject({ hit: true, where: "local" });
  });

  it("that fails is told once and left alone", async () => {
    const rig = prepared();
    const blobs = new MemoryBlobs();
    blobs.broken = "connect ECONNREFUSED";
    rig.remote = blobs;
    const { answer, warnings } = await rig.run(plan, builder(rig));
    expect(answer.hit).toBe(false);
    expect(warnings).toEqual([
      "the remote cache could not be asked and is left alone for this run: connect ECONNREFUSED",
    ]);
    expect(blobs.calls).toBe(1);
    expect((await rig.run(plan)).answer.hit).toBe(true);
  });

  it("that takes nothing is told when the run closes", async () => {
    const rig = prepared();
    const blobs = new MemoryBlobs();
    rig.remote = blobs;
    const { warnings } = await rig.run(plan, () => {
      builder(rig)();
      blobs.broken = "403 Forbidden";
    });
    expect(warnings).toEqual([
      "the remote cache could not be written to and is left alone for this run: 403 Forbidden",
    ]);
  });

  it("with a damaged entry is told and not believed", async () => {
    const blobs = new MemoryBlobs();
    const here = prepared();
    here.remote = blobs;
    await here.run(plan, builder(here));
    for (const [key, blob] of blobs.blobs) blobs.blobs.set(key, blob.subarray(0, blob.length - 40));
    const there = prepared();
    there.remote = blobs;
    const { answer, warnings } = await there.run(plan, builder(there));
    expect(answer.hit).toBe(false);
    expect(warnings.join()).toContain("cannot be unpacked");
    expect(
      readdirSync(join(there.stateDir, "cache/results")).filter((name) => name.startsWith("draft")),
    ).toEqual([]);
  });
});

describe("pruning", () => {
  it("forgets what was not used, with its contents, and keeps the rest", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    expect(await sizeOfResults(rig.stateDir)).toBeGreaterThan(0);
    const before = Date.now() - 1_000;
    const later = Date.now() + 7_200_000;
    expect(await pruneResults(rig.stateDir, before, false, later)).toEqual({ results: 0, bytes: 0 });
    rmSync(join(rig.root, "dist"), { recursive: true });
    expect((await rig.run(plan)).answer.hit).toBe(true);
    const old = new Date(Date.now() - 86_400_000);
    utimesSync(keptFile(rig, "entries"), old, old);
    expect(await pruneResults(rig.stateDir, before, true)).toMatchObject({ results: 1 });
    expect(await pruneResults(rig.stateDir, before)).toMatchObject({ results: 1 });
    // What was kept just now may belong to a result whose manifest is still to come.
    expect(await sizeOfResults(rig.stateDir)).toBeGreaterThan(0);
    await pruneResults(rig.stateDir, before, false, later);
    expect(await sizeOfResults(rig.stateDir)).toBe(0);
    expect((await rig.run(plan, builder(rig))).answer.hit).toBe(false);
  });

  it("counts a hit as a use", async () => {
    const rig = prepared();
    await rig.run(plan, builder(rig));
    const old = new Date(Date.now() - 86_400_000);
    utimesSync(keptFile(rig, "entries"), old, old);
    await rig.run(plan);
    expect(await pruneResults(rig.stateDir, Date.now() - 3_600_000)).toMatchObject({ results: 0 });
  });
});
