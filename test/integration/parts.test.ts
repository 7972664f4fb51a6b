import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

/** Jobs that wait for a file each, and leave a process behind that outlives their process group. */
const WAITING = `
const wait = (name) => sh\`echo \${name} began; until test -e go-\${name}; do sleep 0.02; done; echo \${name} ended\`;
pipeline({ name: "parts" }, (p) => {
  p.stage("all").job("a", wait("a"));
  p.stage("all-b", { after: [] }).job("b", wait("b"));
}).main();`;

describe("processes that run parts of one run", () => {
  it("leave each other's jobs alone when they end", async () => {
    const project = new Project(WAITING);
    const first = project.start(["--run", "ci-1", "--only", "a"]);
    await first.saw("a began");
    const second = project.start(["--run", "ci-1", "--only", "b"]);
    await second.saw("b began");
    project.write("go-a", "");
    expect((await first.ended).code).toBe(0);
    project.write("go-b", "");
    const { code, stdout } = await second.ended;
    expect(stdout).toContain("b ended");
    expect(code).toBe(0);
    const { stdout: shown } = await project.run(["show", "ci-1"]);
    expect(shown).toContain("passed: every node");
  });

  it("keep the run from being gone on with while they live, and not from their end on", async () => {
    const project = new Project(WAITING);
    const part = project.start(["--run", "ci-1", "--only", "b"]);
    await part.saw("b began");
    project.write("go-a", "");
    const early = await project.run(["resume", "ci-1"]);
    expect(early.stderr).toContain("is being run by process");
    expect((await project.run(["runs"])).stdout).toContain("running");
    project.write("go-b", "");
    await part.ended;
    const { code, stdout } = await project.run(["resume", "ci-1"]);
    expect(stdout).not.toContain("b began");
    expect(code).toBe(0);
  });
});
