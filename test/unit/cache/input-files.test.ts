import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Digests } from "../../../src/cache/files/digests.ts";
import { InputFiles } from "../../../src/cache/files/input-files.ts";
import { StatCache } from "../../../src/cache/files/stat-cache.ts";
import { sh } from "../../../src/index.ts";
import type { Plan, PlanNode } from "../../../src/model/index.ts";
import { planOf } from "../../fixtures/engine-run.ts";
import { CacheRig, GIT_ENV, jobPlan, onlyNode } from "./support.ts";

async function open(rig: CacheRig, plan: Plan): Promise<InputFiles> {
  return await InputFiles.open({ root: rig.root, stateDir: rig.stateDir, env: GIT_ENV }, plan);
}

async function pathsOf(rig: CacheRig, options: Parameters<typeof jobPlan>[0]): Promise<string[]> {
  const plan = jobPlan(options);
  const { files } = await (await open(rig, plan)).inputs(onlyNode(plan));
  return [...files.keys()];
}

const all = { cache: { inputs: "**" } };

describe("inputs in a checkout", () => {
  it("are what git knows and what it does not ignore, without what was removed", async () => {
    const rig = new CacheRig();
    rig.write(".gitignore", "*.log\nout/\n");
    rig.write("src/ü b.ts", "tracked");
    rig.write("gone.ts", "tracked");
    rig.git("add", ".");
    rig.write("src/new.ts", "not tracked");
    rig.write("src/x.log", "ignored");
    rig.write("out/x.ts", "ignored");
    rig.write(".sluice/x", "ours");
    rig.remove("gone.ts");
    expect(await pathsOf(rig, all)).toEqual([".gitignore", "src/new.ts", "src/ü b.ts"]);
  });

  it("hold the files of submodules and of checkouts within", async () => {
    const other = new CacheRig();
    other.write("lib.c", "lib");
    other.write(".gitignore", "*.o\n");
    other.git("add", ".");
    other.git("commit", "--quiet", "-m", "lib");
    const rig = new CacheRig();
    rig.git("submodule", "--quiet", "add", other.root, "deps/lib");
    rig.write("deps/lib/new.c", "not tracked");
    rig.write("deps/lib/x.o", "ignored");
    rig.write("inner/a.c", "a");
    rig.git("-C", "inner", "init", "--quiet", ".");
    expect(await pathsOf(rig, all)).toEqual([
      ".gitmodules",
      "deps/lib/.gitignore",
      "deps/lib/lib.c",
      "deps/lib/new.c",
      "inner/a.c",
    ]);
  });

  it("are all files where the checkout around ignores the root", async () => {
    const outer = new CacheRig();
    outer.write(".gitignore", "work\n");
    outer.write("work/a.ts", "a");
    const plan = jobPlan(all);
    const root = join(outer.root, "work");
    const files = await InputFiles.open({ root, stateDir: join(root, ".sluice"), env: GIT_ENV }, plan);
    expect([...(await files.inputs(onlyNode(plan))).files.keys()]).toEqual(["a.ts"]);
  });

  it("take a link for the text of its target", async () => {
    const rig = new CacheRig();
    rig.write("a.txt", "a");
    symlinkSync("a.txt", join(rig.root, "link"));
    const plan = jobPlan({ cache: { inputs: "link" } });
    const before = (await (await open(rig, plan)).inputs(onlyNode(plan))).files.get("link");
    rig.write("a.txt", "b");
    const same = (await (await open(rig, plan)).inputs(onlyNode(plan))).files.get("link");
    rig.remove("link");
    symlinkSync("b.txt", join(rig.root, "link"));
    const other = (await (await open(rig, plan)).inputs(onlyNode(plan))).files.get("link");
    expect(before).toMatch(/^l:/);
    expect(same).toBe(before);
    expect(other).not.toBe(before);
  });

  it("leave out the job's own artifacts, but not files that git tracks", async () => {
    const rig = new CacheRig();
    rig.write("src/a.ts", "a");
    rig.write("gen/kept.ts", "checked in");
    rig.git("add", ".");
    rig.write("gen/made.ts", "made");
    const options = { cache: { inputs: "**" }, artifacts: { gen: "gen/**" } };
    expect(await pathsOf(rig, options)).toEqual(["gen/kept.ts", "src/a.ts"]);
  });
});

describe("inputs outside of a checkout", () => {
  it("are all files but those of git, Sluice and node_modules", async () => {
    const rig = new CacheRig({ git: false });
    rig.write("src/a.ts", "a");
    rig.write("node_modules/x/index.js", "x");
    rig.write(".sluice/x", "ours");
    expect(await pathsOf(rig, all)).toEqual(["src/a.ts"]);
  });
});

describe("what is known of files", () => {
  const plan = planOf((p) => {
    const cached = { cache: { inputs: "src/**" } };
    const first = p.stage("one");
    first.job("a", sh`a`, cached);
    first.job("b", sh`b`, cached);
    p.stage("two").job("c", sh`c`, cached);
  });
  const node = (id: string): PlanNode => {
    const found = plan.nodes.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  };

  it("is found out anew for what comes after a job that has run, files that it has made included", async () => {
    const rig = new CacheRig();
    rig.write("src/a.ts", "a");
    const files = await open(rig, plan);
    const before = await files.inputs(node("one/a"));
    rig.write("src/a.ts", "generated");
    rig.write("src/new.ts", "generated");
    files.wrote(node("one/a"));
    // Beside the job that wrote, no order is promised, so nothing is asked again.
    expect(await files.inputs(node("one/b"))).toEqual(before);
    const after = await files.inputs(node("two/c"));
    expect([...after.files.keys()]).toEqual(["src/a.ts", "src/new.ts"]);
    expect(after.files.get("src/a.ts")).not.toBe(before.files.get("src/a.ts"));
  });

  it("is read from the disk once in a run, and not at all in the next", async () => {
    const rig = new CacheRig();
    for (let file = 0; file < 20; file++) rig.write(`src/${file}.ts`, String(file));
    const paths = Array.from({ length: 20 }, (_, file) => `src/${file}.ts`);
    const file = join(rig.stateDir, "files.json");
    const first = new Digests(rig.root, await StatCache.open(file));
    // Their status was changed just now, so that a write in the same instant could not be told.
    await Promise.all([first.of(paths, 0, 0), first.of(paths, 0, 0)]);
    expect(first.read).toBe(20);
    const cache = await StatCache.open(file);
    const settled = new Digests(rig.root, cache, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const facts = await settled.of(paths, 0, 0);
    await cache.save(() => true);
    const next = new Digests(rig.root, await StatCache.open(file));
    expect(await next.of(paths, 0, 0)).toEqual(facts);
    expect(next.read).toBe(0);
    rig.write("src/7.ts", "x");
    const last = new Digests(rig.root, await StatCache.open(file));
    expect((await last.of(paths, 0, 0)).get("src/7.ts")).not.toBe(facts.get("src/7.ts"));
    expect(last.read).toBe(1);
  });

  it("is not trusted where a file was touched just before it was read", async () => {
    const rig = new CacheRig();
    rig.write("a.ts", "a");
    const file = join(rig.stateDir, "files.json");
    for (let run = 0; run < 2; run++) {
      const cache = await StatCache.open(file);
      const digests = new Digests(rig.root, cache);
      await digests.of(["a.ts"], 0, 0);
      await cache.save(() => true);
      expect(digests.read).toBe(1);
    }
  });

  it("is found out anew where the file that keeps it is damaged", async () => {
    const rig = new CacheRig();
    rig.write("a.ts", "a");
    const file = join(rig.stateDir, "files.json");
    const cache = await StatCache.open(file);
    cache.set("a.ts", "identity", "f:0");
    await cache.save(() => true);
    rig.write(".sluice/files.json", rig.read(".sluice/files.json").replace("f:0", "f:1"));
    expect((await StatCache.open(file)).get("a.ts", "identity")).toBeUndefined();
  });
});
