import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

const life = `
pipeline({ name: "life" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo one >> trace; echo value\`);
  p.stage("b").job("two", sh\`echo two >> trace; test -f ok\`);
  const asked = p.stage("c").gate("approval", one, approval({ approvers: 2 }));
  p.stage("d").job("last", sh\`echo last \${asked.stdout} >> trace\`);
  p.finally("end", sh\`echo finally $SLUICE_OUTCOME >> trace\`);
}).main();`;

const trace = (project: Project): string => readFileSync(join(project.root, "trace"), "utf8");

describe("a run's life", () => {
  it("goes on after a failure and an approval, and runs nothing twice that succeeded", async () => {
    const project = new Project(life);
    const failed = await project.run(["--run", "r1"]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("resume r1");
    project.write("ok", "");
    expect((await project.run(["resume"])).code).toBe(75);
    expect((await project.run(["approve", "r1", "approval", "--by", "ada"])).code).toBe(0);
    const half = await project.run(["resume", "r1"]);
    expect(half.stdout).toContain("1 of 2 have approved");
    expect(half.code).toBe(75);
    await project.run(["approve", "r1", "c/approval", "--by", "bob", "--reason", "looks good"]);
    expect((await project.run(["resume", "r1"])).code).toBe(0);
    expect(trace(project)).toBe("one\ntwo\nfinally failed\ntwo\nlast value\n\nfinally passed\n");
    const shown = await project.run(["show", "r1"]);
    expect(shown.stdout).toContain("approved by bob: looks good");
    expect((await project.run(["runs"])).stdout).toMatch(/r1 +passed/);
    expect((await project.run(["logs", "r1", "one"])).stdout).toBe("value\n");
    const over = await project.run(["resume", "r1"]);
    expect(over.code).toBe(2);
    expect(over.stderr).toContain("RUN_OVER");
  });

  it("fails for good where somebody rejects", async () => {
    const project = new Project(life);
    project.write("ok", "");
    await project.run(["--run", "r1"]);
    expect(
      (await project.run(["reject", "r1", "approval", "--by", "eve", "--reason", "not today"])).code,
    ).toBe(0);
    const { code, stdout } = await project.run(["resume", "r1"]);
    expect(stdout).toContain("rejected by eve: not today");
    expect(code).toBe(1);
    expect(trace(project)).not.toContain("last");
  });

  it("goes on after kill -9: what had ended stands, what was running is run again", async () => {
    const project = new Project(`
pipeline({ name: "killed" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo one >> trace; echo value\`);
  p.stage("b").job("two", sh\`echo two >> trace; test -f ok || { echo waiting; sleep 1000; }\`);
  p.stage("c").job("three", sh\`echo three \${one.stdout} >> trace\`);
}).main();`);
    const started = project.start(["--run", "r1"]);
    await started.saw("waiting");
    const busy = await project.run(["resume", "r1"]);
    expect(busy.stderr).toContain("RUN_BUSY");
    expect(busy.code).toBe(1);
    started.child.kill("SIGKILL");
    await started.ended;
    expect((await project.run(["runs"])).stdout).toMatch(/r1 +interrupted/);
    project.write("ok", "");
    expect((await project.run(["resume"])).code).toBe(0);
    expect(trace(project)).toMatch(/^one\ntwo\ntwo\nthree value\n/);
  });

  it("refuses another definition with the difference, and takes a harmless one when told to", async () => {
    const definition = (command: string, options: string): string => `
pipeline({ name: "changing" }, (p) => {
  p.stage("a").job("x", sh\`${command}\`, { ${options} });
}).main();`;
    const project = new Project(definition("test -f ok", ""));
    await project.run(["--run", "r1"]);
    project.write("ok", "");
    const text = readFileSync(join(project.root, "pipeline.ts"), "utf8");
    project.write("pipeline.ts", text.replace("test -f ok", "true"));
    const breaking = await project.run(["resume", "r1", "--accept"]);
    expect(breaking.code).toBe(2);
    expect(breaking.stderr).toContain("- test -f ok");
    project.write("pipeline.ts", text.replace("{  }", '{ timeout: "1h" }'));
    const harmless = await project.run(["resume", "r1"]);
    expect(harmless.code).toBe(2);
    expect(harmless.stderr).toContain("--accept");
    expect((await project.run(["resume", "r1", "--accept"])).code).toBe(0);
  });

  it("refuses a decision at a gate that nothing waits at, and an unknown run", async () => {
    const project = new Project(life);
    project.write("ok", "");
    await project.run(["--run", "r1"]);
    const wrong = await project.run(["approve", "r1", "answers"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("c/approval");
    expect((await project.run(["approve", "nope", "approval"])).stderr).toContain("RUN_UNKNOWN");
    expect(existsSync(join(project.root, ".sluice/runs/nope"))).toBe(false);
  });
});
