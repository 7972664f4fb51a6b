import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

const definition = `
const pipe = pipeline({ name: "cached", passEnv: ["MODE"], secrets: { key: env("KEY") } }, (p, { secrets }) => {
  const built = p.stage("build").job("app", sh\`echo ran >> ran.log; mkdir -p dist; cat src/*.txt | tee dist/out.txt; test -n \${secrets.key}\`, {
    cache: { inputs: ["src/**", "pipeline.ts"], env: ["MODE"] },
    artifacts: { dist: "dist/**" },
  });
  p.stage("test").job("size", sh\`wc -c < \${artifact(built, "dist").path}\`.text(), { cache: { inputs: "src/**" } });
  p.stage("use").job("show", sh\`echo shown \${built.stdout}\`);
});
export default pipe;
pipe.main();
`;

function checkout(): Project {
  const project = new Project(definition);
  project.write("src/a.txt", "alpha\n");
  project.write(".gitignore", "node_modules\ndist\n*.log\n");
  execFileSync("git", ["init", "--quiet", "."], { cwd: project.root });
  return project;
}

const env = { KEY: "hunter2hunter2" };
const times = (project: Project): number =>
  readFileSync(join(project.root, "ran.log"), "utf8").split("\n").length - 1;

describe("cached jobs on the command line", () => {
  it("miss, hit, miss after an edit, and hit again when it is taken back", async () => {
    const project = checkout();
    const first = await project.run([], { env });
    expect(first.stdout).toContain("build/app cache miss: never run here");
    expect(first.code).toBe(0);
    rmSync(join(project.root, "dist"), { recursive: true });

    const second = await project.run([], { env });
    expect(second.stdout).toMatch(/build\/app cached, left by run \S+ in /);
    expect(second.stdout).toContain("build/app | alpha");
    expect(second.stdout).toMatch(/2 results from the cache, which saved /);
    expect(readFileSync(join(project.root, "dist/out.txt"), "utf8")).toBe("alpha\n");
    expect(times(project)).toBe(1);

    project.write("src/a.txt", "beta\n");
    const plan = await project.run(["plan"], { env });
    expect(plan.stdout).toContain("not in the cache: src/a.txt differs");
    expect(plan.stdout).toContain("cache: decided when build/app has run");
    const third = await project.run([], { env });
    expect(third.stdout).toContain("build/app cache miss: src/a.txt differs");
    expect(third.stdout).toContain("shown beta");
    expect(times(project)).toBe(2);

    project.write("src/a.txt", "alpha\n");
    const planned = await project.run(["plan"], { env });
    expect(planned.stdout).toContain("expected  1 run, 2 from the cache, 0 skipped");
    expect(planned.stdout).toMatch(/from the cache: left by run \S+ .* ago, took /);
    const fourth = await project.run([], { env });
    expect(fourth.stdout).toContain("shown alpha");
    expect(readFileSync(join(project.root, "dist/out.txt"), "utf8")).toBe("alpha\n");
    expect(times(project)).toBe(2);
  });

  it("hit in another checkout with a copied cache, because no key holds a place", async () => {
    const here = checkout();
    expect((await here.run([], { env })).code).toBe(0);
    const there = checkout();
    const results = join(".sluice", "cache", "results");
    mkdirSync(join(there.root, ".sluice", "cache"), { recursive: true });
    execFileSync("cp", ["-r", join(here.root, results), join(there.root, results)]);
    const { stdout } = await there.run([], { env });
    expect(stdout).toMatch(/build\/app cached/);
    expect(existsSync(join(there.root, "ran.log"))).toBe(false);
  });

  it("are run with a variable that counts, and tell what it was", async () => {
    const project = checkout();
    await project.run([], { env });
    await project.run([], { env: { ...env, MODE: "production" } });
    expect(times(project)).toBe(2);
    const { stdout } = await project.run([], { env: { ...env, MODE: "test" } });
    expect(stdout).toContain("build/app cache miss: env MODE was production");
  });

  it("are run and not kept with --cache off, run and kept with --cache refresh", async () => {
    const project = checkout();
    const off = await project.run(["--cache", "off"], { env });
    expect(off.stdout).not.toContain("cache miss");
    expect(existsSync(join(project.root, ".sluice/cache/results"))).toBe(false);
    await project.run([], { env });
    const refreshed = await project.run(["--cache", "refresh"], { env });
    expect(refreshed.stdout).toContain("build/app cache miss: asked to run again");
    expect(times(project)).toBe(3);
    expect((await project.run([], { env })).stdout).toMatch(/build\/app cached/);
    const wrong = await project.run(["--cache", "on"], { env });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("use, refresh, off");
  });

  it("are run, loudly, where what is kept is damaged, and the run passes", async () => {
    const project = checkout();
    await project.run([], { env });
    const content = join(project.root, ".sluice/cache/results/content");
    for (const file of readdirSync(content, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      rmSync(join(file.parentPath, file.name));
      writeFileSync(join(file.parentPath, file.name), "something else");
    }
    rmSync(join(project.root, "dist"), { recursive: true });
    const { code, stdout } = await project.run([], { env });
    expect(stdout).toMatch(/warning: the result that is kept for build\/app is not used: its content/);
    expect(stdout).toContain("shown alpha");
    expect(code).toBe(0);
    expect(times(project)).toBe(2);
    expect((await project.run([], { env })).stdout).toMatch(/build\/app cached/);
  });

  it("are run where the cache cannot be written, with a warning", async () => {
    const project = checkout();
    project.write(".sluice/cache/results", "a file where a folder should be");
    const { code, stdout } = await project.run([], { env });
    expect(stdout).toContain("warning: what build/app left is not kept in the cache");
    expect(code).toBe(0);
  });

  it("write no secret down", async () => {
    const project = new Project(`
pipeline({ name: "secret", secrets: { key: env("KEY") }, passEnv: ["COPY"] }, (p, { secrets }) => {
  p.stage("a").job("b", sh\`echo \${secrets.key}\`, { cache: { inputs: "pipeline.ts", env: ["COPY"] } });
}).main();`);
    const both = { ...env, COPY: env.KEY };
    expect((await project.run([], { env: both })).stdout).toContain("b | ***");
    expect((await project.run([], { env: both })).stdout).toContain("b | ***");
    const found = execFileSync("sh", ["-c", "grep -rlE 'hunter2|aHVudGVy' .sluice || true"], {
      cwd: project.root,
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
    expect(found).toBe("");
  });

  it("plan without writing anything", async () => {
    const project = checkout();
    const { stdout } = await project.run(["plan"], { env });
    expect(stdout).toContain("not in the cache: never run here");
    expect(existsSync(join(project.root, ".sluice"))).toBe(false);
  });

  it("are forgotten by clean when no run has used them for as long as it keeps runs", async () => {
    const project = checkout();
    expect((await project.run([], { env })).code).toBe(0);
    const entries = join(project.root, ".sluice/cache/results/entries");
    const results = (): string[] =>
      readdirSync(entries, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    const [old, young] = results();
    if (old === undefined || young === undefined) throw new Error("two results should have been kept");
    const past = new Date(Date.now() - 31 * 86_400_000);
    utimesSync(old, past, past);

    const dry = await project.run(["clean", "--dry-run"], { env });
    expect(dry.stdout).toMatch(/would remove 0 runs .*, 1 cached result \(/);
    expect(results()).toHaveLength(2);
    const cleaned = await project.run(["clean", "--json"], { env });
    expect(JSON.parse(cleaned.stdout)).toMatchObject({ cache: { results: 1 }, faults: [] });
    expect(results()).toEqual([young]);
    expect((await project.run(["clean", "--older-than", "0s"], { env })).stdout).toContain(
      "1 cached result (",
    );
  });
});
