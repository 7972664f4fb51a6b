import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

const life = `
pipeline({ name: "life", params: { who: z.string().default("ada") } }, (p, { params }) => {
  const one = p.stage("a").job("one", sh\`echo one >> trace; mkdir -p out; echo made by \${params.who} > out/file; echo value\`, { artifacts: { out: "out/**" } });
  const asked = p.stage("b").gate("approval", one, approval());
  p.stage("c").job("two", sh\`echo two >> trace; cat \${artifact(one, "out").path}; test -f ok || { echo waiting; test ! -f hang || sleep 1000; false; }\`);
  p.stage("d").job("last", sh\`echo last \${asked.stdout} >> trace\`);
  p.finally("end", sh\`echo finally $SLUICE_OUTCOME >> trace\`);
}).main();`;

interface Listed {
  readonly run: string;
  readonly state: string;
}

class Life extends Project {
  constructor(definition = life) {
    super(definition);
  }

  trace(): string[] {
    const lines = readFileSync(join(this.root, "trace"), "utf8").split("\n");
    rmSync(join(this.root, "trace"));
    return lines.filter((line) => line !== "");
  }

  /** The newest first. */
  async runs(): Promise<readonly Listed[]> {
    return JSON.parse((await this.run(["runs", "--json"])).stdout) as Listed[];
  }

  /** A run that was approved at its gate by bob and failed after it. */
  async failed(): Promise<this> {
    expect((await this.run(["--run", "r1", "--who", "eve"])).code).toBe(75);
    await this.run(["approve", "r1", "approval", "--by", "bob", "--reason", "looks good"]);
    expect((await this.run(["resume", "r1"])).code).toBe(1);
    this.trace();
    return this;
  }

  /** The run that is not `r1`. */
  async other(): Promise<Listed> {
    const runs = (await this.runs()).filter(({ run }) => run !== "r1");
    expect(runs).toHaveLength(1);
    return runs[0] as Listed;
  }
}

describe("rerun --failed", () => {
  it("is a new run of what has not succeeded, with the params, values, files and approvals of the earlier one", async () => {
    const project = await new Life().failed();
    project.write("ok", "");
    rmSync(join(project.root, "out"), { recursive: true });
    const { code, stdout } = await project.run(["rerun", "r1", "--failed"]);
    expect(stdout).toContain("made by eve");
    expect(code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
    const again = await project.other();
    expect(again.state).toBe("passed");
    const shown = (await project.run(["show", again.run])).stdout;
    expect(shown).toMatch(/a\/one {2}passed, taken over from run r1/);
    expect(shown).toMatch(
      /b\/approval {2}passed, taken over from run r1\n +\S+ \S+ {2}approved by bob: looks good/,
    );
    expect(shown).toMatch(/c\/two {2}passed in/);
    expect((await project.runs()).find(({ run }) => run === "r1")?.state).toBe("failed");
  });

  it("can be killed and gone on with by itself, when the run that it took over from is forgotten", async () => {
    const project = await new Life().failed();
    project.write("hang", "");
    const started = project.start(["rerun", "r1", "--failed"]);
    await started.saw("waiting");
    const { run } = await project.other();
    started.child.kill("SIGKILL");
    await started.ended;
    rmSync(join(project.root, ".sluice/runs/r1"), { recursive: true });
    project.write("ok", "");
    project.trace();
    expect((await project.run(["resume", run])).code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
    const shown = (await project.run(["show", run])).stdout;
    expect(shown).toMatch(/b\/approval {2}passed, taken over from run r1\n +\S+ \S+ {2}approved by bob/);
  });

  it("asks again at a gate where somebody rejected", async () => {
    const project = new Life();
    await project.run(["--run", "r1"]);
    await project.run(["reject", "r1", "approval", "--by", "eve"]);
    expect((await project.run(["resume", "r1"])).code).toBe(1);
    project.trace();
    expect((await project.run(["rerun", "r1", "--failed"])).code).toBe(75);
    const { run } = await project.other();
    project.write("ok", "");
    expect((await project.run(["approve", run, "approval", "--by", "eve"])).code).toBe(0);
    expect((await project.run(["resume", run])).code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
  });

  it("takes over once more from a run that took over itself", async () => {
    const project = await new Life().failed();
    expect((await project.run(["rerun", "r1", "--failed"])).code).toBe(1);
    const second = (await project.other()).run;
    project.write("ok", "");
    project.trace();
    expect((await project.run(["rerun", second, "--failed"])).code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
    const third = (await project.runs())[0]?.run ?? "";
    expect((await project.run(["show", third])).stdout).toMatch(
      new RegExp(`b/approval {2}passed, taken over from run ${second}\\n +\\S+ \\S+ {2}approved by bob`),
    );
  });

  it("never puts a file over one that says something else, and refuses one that was tampered with", async () => {
    const project = await new Life().failed();
    project.write("ok", "");
    project.write("out/file", "mine");
    const refused = await project.run(["rerun", "r1", "--failed"]);
    expect(refused.stderr).toContain("INPUT_MISSING");
    expect(refused.code).toBe(2);
    expect(readFileSync(join(project.root, "out/file"), "utf8")).toBe("mine");
    expect(existsSync(join(project.root, "trace"))).toBe(false);
  });

  it("refuses another definition with the difference, and takes a harmless one when told to", async () => {
    const project = await new Life().failed();
    project.write("ok", "");
    const text = readFileSync(join(project.root, "pipeline.ts"), "utf8");
    project.write("pipeline.ts", text.replace("echo two", "echo 2"));
    const breaking = await project.run(["rerun", "r1", "--failed", "--accept"]);
    expect(breaking.code).toBe(2);
    expect(breaking.stderr).toMatch(/- .*echo two/);
    project.write(
      "pipeline.ts",
      text.replace('{ artifacts: { out: "out/**" } }', '{ artifacts: { out: "out/**" }, timeout: "1h" }'),
    );
    const harmless = await project.run(["rerun", "r1", "--failed"]);
    expect(harmless.code).toBe(2);
    expect(harmless.stderr).toContain("--accept");
    expect((await project.run(["rerun", "r1", "--failed", "--accept"])).code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
  });

  it.each([
    ["passed", "rerun r1"],
    ["waits for an answer", "approve, resume"],
  ])("is refused for a run that %s", async (state, hint) => {
    const project = new Life();
    project.write("ok", "");
    await project.run(["--run", "r1", ...(state === "passed" ? ["--yes"] : [])]);
    const { code, stderr } = await project.run(["rerun", "r1", "--failed"]);
    expect(stderr).toContain(state);
    expect(stderr).toContain(hint);
    expect(code).toBe(2);
    expect(await project.runs()).toHaveLength(1);
  });

  it("goes for what an interrupted run has left too, and is refused while it still runs", async () => {
    const project = new Life();
    project.write("hang", "");
    const started = project.start(["--run", "cut-off", "--yes"]);
    await started.saw("| waiting");
    const busy = await project.run(["rerun", "cut-off", "--failed"]);
    expect(busy.stderr).toContain("RUN_BUSY");
    expect(busy.code).toBe(1);
    started.child.kill("SIGKILL");
    await started.ended;
    project.trace();
    project.write("ok", "");
    expect((await project.run(["rerun", "cut-off", "--failed"])).code).toBe(0);
    expect(project.trace()).toEqual(["two", "last value", "finally passed"]);
  });
});

describe("rerun", () => {
  it("runs all of it again with the params of the earlier run, the newest that has ended where none is named", async () => {
    const project = await new Life().failed();
    project.write("ok", "");
    // One that waits has not ended.
    await project.run(["--run", "waits"]);
    project.trace();
    rmSync(join(project.root, "out"), { recursive: true });
    const { code, stdout } = await project.run(["rerun", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain("made by eve");
    expect(project.trace()).toEqual(["one", "two", "last value", "finally passed"]);
  });

  it.each([
    [["rerun", "nope"], "RUN_UNKNOWN", "Check the id"],
    [["rerun"], 'no run of "life"', "see runs"],
    [["rerun", "r1", "--who", "bob"], "with the params that it was started with", "Leave out --who"],
    [["rerun", "r1", "--faild"], "unknown flag --faild", "--failed"],
    [["rerun", "r1", "r2"], "one argument too many", "rerun --help"],
  ])("%j gives 2, says what is wrong and what to do, and runs nothing", async (args, message, hint) => {
    const project = new Life();
    const { code, stdout, stderr } = await project.run(args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at .*\(/m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
    expect(existsSync(join(project.root, ".sluice/runs"))).toBe(false);
  });

  it("takes no run of another pipeline that keeps its runs in the same place", async () => {
    const project = new Life();
    await project.run(["--run", "r1"]);
    const text = readFileSync(join(project.root, "pipeline.ts"), "utf8");
    project.write("pipeline.ts", text.replace('name: "life"', 'name: "other"'));
    for (const verb of [
      ["rerun", "r1"],
      ["approve", "r1", "approval"],
    ]) {
      const { code, stderr } = await project.run(verb);
      expect(stderr).toContain('is one of pipeline "life", not of "other"');
      expect(code).toBe(2);
    }
  });

  it("has help", async () => {
    const { code, stdout } = await new Life().run(["rerun", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("rerun [RUN] [flags]");
    expect(stdout).toContain("--failed");
  });
});
