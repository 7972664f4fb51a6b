import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

const simple = `
const pipe = pipeline({ name: "simple", params: { n: z.number().default(1), level: z.enum(["low", "high"]).default("low"), dryRun: z.boolean().default(false) } }, (p, { params }) => {
  const one = p.stage("a").job("one", sh\`echo value-\${params.n}\`);
  p.stage("b").job("two", sh\`echo got \${one.stdout}\`);
});
export default pipe;
pipe.main();
`;

describe("a run", () => {
  it("passes with 0 and keeps its journal beside the pipeline, from any folder", async () => {
    const project = new Project(simple);
    const { code, stdout } = await project.run(["--n", "7"], { cwd: tmpdir() });
    expect(stdout).toContain("got value-7");
    expect(code).toBe(0);
    expect(readdirSync(join(project.root, ".sluice/runs"))).toHaveLength(1);
  });

  it.each([["module"], [undefined]] as const)("works where package.json says type %s", async (type) => {
    const project = new Project(simple, type === undefined ? {} : { type });
    expect((await project.run()).code).toBe(0);
  });

  it("fails with 1 and says which job, why, and where it was declared", async () => {
    const project = new Project(`
pipeline({ name: "failing" }, (p) => {
  p.stage("a").job("bad", sh\`echo before; exit 3\`);
  p.stage("b").job("later", sh\`touch later\`);
}).main();`);
    const { code, stdout } = await project.run();
    expect(code).toBe(1);
    expect(stdout).toMatch(/a\/bad.*exit code 3/);
    expect(stdout).toContain("pipeline.ts:6");
    expect(existsSync(join(project.root, "later"))).toBe(false);
  });

  it("suspends with 75 where nobody can approve, and goes through with --yes", async () => {
    const project = new Project(`
pipeline({ name: "approved" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo 1\`);
  const ok = p.stage("b").gate("approval", one, approval());
  p.stage("c").job("after", sh\`touch \${ok.stdout}done\`);
}).main();`);
    expect((await project.run()).code).toBe(75);
    expect((await project.run(["--yes"])).code).toBe(0);
  });

  it("runs one node in a process of its own, with the inputs that an earlier process left", async () => {
    const project = new Project(simple);
    expect((await project.run(["--run", "ci-1", "--only", "a"])).code).toBe(0);
    const { code, stdout } = await project.run(["--run", "ci-1", "--only", "b/two"]);
    expect(stdout).toContain("got value-1");
    expect(stdout).not.toContain("a/one started");
    expect(code).toBe(0);
    const missing = await project.run(["--only", "two", "--n", "2"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("a/one");
  });

  it("restores artifacts that are not there and refuses to replace files that say something else", async () => {
    const project = new Project(`
pipeline({ name: "art" }, (p) => {
  const made = p.stage("a").job("make", sh\`mkdir -p out && echo content > out/file.txt\`, { artifacts: { out: "out/**" } });
  p.stage("b").job("use", sh\`cat \${artifact(made, "out").path}\`);
}).main();`);
    await project.run(["--run", "r", "--only", "a"]);
    const { rmSync } = await import("node:fs");
    rmSync(join(project.root, "out"), { recursive: true });
    const { stdout, code } = await project.run(["--run", "r", "--only", "b"]);
    expect(stdout).toContain("content");
    expect(code).toBe(0);
    project.write("out/file.txt", "mine");
    const refused = await project.run(["--run", "r", "--only", "b"]);
    expect(refused.code).toBe(2);
    expect(readFileSync(join(project.root, "out/file.txt"), "utf8")).toBe("mine");
  });
});

describe("wrong input", () => {
  it.each([
    [["--levle", "high"], 'unknown flag --levle for "run"', "--level"],
    [["rnu"], 'unknown verb "rnu"', 'Did you mean "run"?'],
    [["--level", "middle"], "level:", "It has: n, level, dryRun"],
    [["--n", "many"], "n: Invalid input: expected number", "--help"],
    [["--n"], "--n", ""],
    [["--only", "nope"], 'there is no node "nope"', "a/one"],
    [["--only", "a", "--from", "b"], "cannot go together", ""],
    [["--concurrency", "0"], "--concurrency 0", ""],
    [["--reporter", "fancy"], 'no reporter "fancy"', "plain"],
    [["graph", "--format", "png"], 'no format "png"', "mermaid"],
    [["rollback"], '"rollback" needs TARGET', ""],
    [["rollback", "production"], 'no target "production"', ""],
    [["plan", "extra"], '"extra" is one argument too many', ""],
  ])("%j gives 2, says what is wrong and what to do", async (args, message, hint) => {
    const { code, stdout, stderr } = await new Project(simple).run(args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at .*\(/m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("gives 2 for a definition with mistakes, all at once with their lines, and runs nothing", async () => {
    const project = new Project(`
pipeline({ name: "wrong" }, (p) => {
  const a = p.stage("a");
  const one = a.job("one", sh\`touch ran\`);
  a.job("one", sh\`echo \${(one as any).stdot}\`);
  a.job("two", "npm test" as any);
}).main();`);
    const { code, stderr } = await project.run();
    expect(code).toBe(2);
    expect(stderr).toContain("3 problems");
    expect(stderr).toMatch(/pipeline\.ts:8:\d+/);
    expect(stderr).toMatch(/pipeline\.ts:9:\d+/);
    expect(existsSync(join(project.root, "ran"))).toBe(false);
    expect(existsSync(join(project.root, ".sluice"))).toBe(false);
  });

  it("gives 2 for a definition that throws, naming the line", async () => {
    const { code, stderr } = await new Project(`
pipeline({ name: "throws" }, () => {
  throw new Error("out of luck");
}).main();`).run();
    expect(code).toBe(2);
    expect(stderr).toContain("out of luck");
    expect(stderr).toMatch(/pipeline\.ts:6/);
  });

  it("names every missing secret before anything has run", async () => {
    const { code, stderr } = await new Project(`
pipeline({ name: "secrets", secrets: { a: env("NOT_SET_A"), b: file("gone.txt") } }, (p, { secrets }) => {
  p.stage("a").job("first", sh\`touch ran\`);
  p.stage("b").job("x", sh\`echo \${secrets.a} \${secrets.b}\`);
}).main();`).run();
    expect(code).toBe(2);
    expect(stderr).toContain("NOT_SET_A");
    expect(stderr).toContain("gone.txt");
  });
});

describe("help", () => {
  it("shows params as flags, with defaults and choices", async () => {
    const { code, stdout } = await new Project(simple).run(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("--level low|high");
    expect(stdout).toContain("--dry-run");
    expect(stdout).toContain("default 1");
  });
});

describe("plan and graph", () => {
  it("print without running anything", async () => {
    const project = new Project(simple);
    const plan = await project.run(["plan"]);
    expect(plan.stdout).toContain("echo value-1");
    const json = JSON.parse((await project.run(["plan", "--json"])).stdout) as { nodes: unknown[] };
    expect(json.nodes).toHaveLength(2);
    for (const format of ["mermaid", "dot", "svg", "json"]) {
      const { code, stdout } = await project.run(["graph", "--format", format]);
      expect(code).toBe(0);
      expect(stdout).toContain("one");
    }
    await project.run(["graph", "--format", "svg", "--out", "graph.svg"]);
    expect(readFileSync(join(project.root, "graph.svg"), "utf8")).toContain("<svg");
    expect(existsSync(join(project.root, ".sluice"))).toBe(false);
  });
});
