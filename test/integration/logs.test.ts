import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

/** Jobs that go on when the test says so. */
const steps = `
const wait = (file) => "until test -f " + file + "; do sleep 0.05; done";
const held = (text, file) => sh({ shell: "sh" })\`echo \${text}; sh -c \${wait(file)}; echo \${text} again\`;
pipeline({ name: "steps" }, (p) => {
  p.stage("a").job("one", held("first", "go-1"));
  const b = p.stage("b");
  b.job("two", held("second", "go-2"));
  b.job("quiet", sh\`true\`);
  p.stage("c").job("three", sh\`echo third >> tries; echo try; test "$(wc -l < tries)" = 2\`, { retry: { attempts: 2, delay: 10 } });
}).main();`;

const started = async (): Promise<{ project: Project; run: ReturnType<Project["start"]> }> => {
  const project = new Project(steps);
  const run = project.start(["--run", "steps-1", "--reporter", "plain"]);
  await run.saw("first");
  return { project, run };
};

describe("logs --follow", () => {
  it("shows all nodes of a run in another process, those that start later and new attempts too, until it ends", async () => {
    const { project, run } = await started();
    const follower = project.start(["logs", "steps-1", "--follow"]);
    await follower.saw("a/one | first\n");
    project.write("go-1", "");
    await follower.saw("a/one | first again\n");
    await follower.saw("b/two | second\n");
    project.write("go-2", "");
    expect((await run.ended).code).toBe(0);
    const { code, stdout, stderr } = await follower.ended;
    expect(code).toBe(0);
    const linesOf = (node: string): string[] => stdout.split("\n").filter((line) => line.startsWith(node));
    expect(linesOf("a/one")).toEqual(["a/one | first", "a/one | first again"]);
    expect(linesOf("c/three")).toEqual([
      "c/three | try",
      "c/three | ",
      "c/three | --- attempt 2 ---",
      "c/three | try",
    ]);
    expect(stdout).not.toContain("b/quiet");
    expect(stderr).toBe("run steps-1 passed: every node that was to run succeeded\n");
    const plain = await project.run(["logs", "steps-1", "two"]);
    expect(plain.stdout).toBe("second\nsecond again\n");
  });

  it("shows one node's bytes as they are, and ends when the run's process is gone", async () => {
    const { project, run } = await started();
    const follower = project.start(["logs", "steps-1", "one", "-f"]);
    await follower.saw("first\n");
    run.child.kill("SIGKILL");
    await run.ended;
    const { code, stdout, stderr } = await follower.ended;
    expect(code).toBe(0);
    expect(stdout.startsWith("first\n")).toBe(true);
    expect(stderr).toBe("run steps-1 interrupted: its process is gone\n");
  });

  it("ends by 130 at Ctrl-C, and leaves the run alone", async () => {
    const { project, run } = await started();
    const follower = project.start(["logs", "steps-1", "--follow"]);
    await follower.saw("first");
    follower.child.kill("SIGINT");
    expect(await follower.ended).toMatchObject({ code: 130, stderr: "" });
    project.write("go-1", "");
    project.write("go-2", "");
    expect((await run.ended).code).toBe(0);
  });

  it("ends quietly where nobody reads it any more", async () => {
    const { project, run } = await started();
    const follower = project.start(["logs", "steps-1", "--follow"]);
    await follower.saw("first");
    follower.child.stdout?.destroy();
    project.write("go-1", "");
    expect(await follower.ended).toMatchObject({ code: 0, stderr: "" });
    project.write("go-2", "");
    expect((await run.ended).code).toBe(0);
  });
});

describe("logs", () => {
  it("ends quietly where the reader has had enough, as head does", async () => {
    const project = new Project(`
pipeline({ name: "long" }, (p) => {
  p.stage("a").job("x", sh\`yes line | head -n 2000000 || true\`);
}).main();`);
    expect((await project.run(["--run", "steps-1", "--reporter", "json"])).code).toBe(0);
    const reader = project.start(["logs", "steps-1"]);
    await reader.saw("line\n");
    reader.child.stdout?.destroy();
    expect(await reader.ended).toMatchObject({ code: 0, stderr: "" });
    const unknown = await project.run(["logs", "steps-1", "y"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("a/x");
  });
});
