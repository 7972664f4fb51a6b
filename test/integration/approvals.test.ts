import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project, type Outcome } from "../fixtures/project.ts";

const gates = (options: string): string => `
pipeline({ name: "gates" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo value\`);
  const asked = p.stage("b").gate("approval", one, approval(${options}));
  const again = p.stage("c").gate("again", asked, approval());
  p.stage("d").job("last", sh\`touch done\${again.stdout}\`);
}).main();`;

async function suspended(options = "{ approvers: 2 }"): Promise<Project> {
  const project = new Project(gates(options));
  const { code, stdout } = await project.run(["--run", "r1"]);
  expect(code).toBe(75);
  expect(stdout).toContain("resume r1");
  return project;
}

const say = (project: Project, verb: string, by: string, ...more: string[]): Promise<Outcome> =>
  project.run([verb, "r1", "approval", "--by", by, ...more]);

function refusedWith({ code, stderr, stdout }: Outcome, message: string, hint: string): void {
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect(stdout).toBe("");
  expect(code).toBe(2);
}

describe("a decision", () => {
  it("counts once for each person, whichever way the name is written", async () => {
    const project = await suspended();
    const first = await say(project, "approve", "Ada Lovelace");
    expect(first.stdout).toContain("1 more person must approve");
    for (const by of ["Ada Lovelace", " ada  lovelace "]) {
      refusedWith(await say(project, "approve", by), "has approved there already (1 of 2", "Somebody else");
    }
    const second = await say(project, "approve", "bob");
    expect(second.stdout).toContain("go on: ");
    expect((await project.run(["show", "r1"])).stdout).toMatch(
      /approved by Ada Lovelace\n +\S+ \S+ {2}approved by bob\n/,
    );
    expect((await project.run(["resume", "r1"])).stdout).toContain("c/again");
  });

  it("is refused at a gate that is decided, and before the run gets there", async () => {
    const project = await suspended("{}");
    refusedWith(
      await project.run(["approve", "r1", "again"]),
      "does not wait for an answer",
      "It waits at: b/approval.",
    );
    await say(project, "approve", "ada");
    refusedWith(await say(project, "approve", "bob"), "it has been approved by ada already", "resume r1");
    refusedWith(await say(project, "reject", "bob"), "it has been approved by ada already", "resume r1");
    await project.run(["resume", "r1"]);
    refusedWith(await say(project, "approve", "bob"), "does not wait", "It waits at: c/again.");
  });

  it("may be taken back by a rejection while others are still asked, and then stands", async () => {
    const project = await suspended();
    await say(project, "approve", "ada");
    expect((await say(project, "reject", "ada", "--reason", "found a bug")).code).toBe(0);
    refusedWith(await say(project, "approve", "bob"), "ada has rejected there already", "resume r1");
    const { code, stdout } = await project.run(["resume", "r1"]);
    expect(code).toBe(1);
    expect(stdout).toContain("rejected by ada: found a bug");
  });

  it("comes too late when the time is over: the run then fails, and says so", async () => {
    const project = await suspended('{ expires: "1ms" }');
    refusedWith(await say(project, "approve", "ada"), "the time to answer was over at 20", "Start a new run");
    const { code, stdout } = await project.run(["resume", "r1"]);
    expect(code).toBe(1);
    expect(stdout).toContain("nobody answered within 1ms");
  });

  it("is refused while a process is at the run", async () => {
    const project = new Project(`
pipeline({ name: "busy" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo value\`);
  const stage = p.stage("b");
  stage.gate("approval", one, approval());
  stage.job("long", sh\`echo at work; sleep 1000\`);
}).main();`);
    const started = project.start(["--run", "busy-with-it"]);
    await started.saw("| at work");
    const approve = ["approve", "busy-with-it", "approval", "--by", "ada"];
    const { code, stderr } = await project.run(approve);
    expect(stderr).toContain("RUN_BUSY");
    expect(code).toBe(1);
    started.child.kill("SIGKILL");
    await started.ended;
    refusedWith(await project.run(approve), "(interrupted) does not wait", "Nothing of it waits");
  });

  it("is on record each, of many who decide at the same moment in processes of their own", async () => {
    const project = await suspended("{ approvers: 4 }");
    const names = ["ada", "bob", "cyd", "dan"];
    // Twice each: of two of one name only one may count.
    const said = await Promise.all([...names, ...names].map((by) => say(project, "approve", by)));
    expect(said.map(({ code }) => code).sort()).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
    const folder = join(project.root, ".sluice/runs/r1");
    const journal = readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("");
    expect(journal.match(/"gate\.decided"/g)).toHaveLength(4);
    const shown = (await project.run(["show", "r1"])).stdout;
    for (const by of names) expect(shown).toContain(`approved by ${by}\n`);
    expect((await project.run(["resume", "r1"])).stdout).toContain("c/again");
  });

  it("names who has set off the CI job where nobody is named, and needs a name", async () => {
    const project = await suspended();
    const env = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "ada", GITHUB_TRIGGERING_ACTOR: "bob" };
    expect((await project.run(["approve", "r1", "approval"], { env })).stdout).toContain("approved by bob");
    refusedWith(await say(project, "approve", "  "), "a decision needs a name", "--by NAME");
  });

  it("cannot rewrite the terminal of who reads it", async () => {
    const project = await suspended();
    await say(project, "approve", "a\u001b[2Jda", "--reason", "fine\u001b]0;x\u0007");
    const { stdout } = await project.run(["show", "r1"]);
    expect(stdout).toContain("approved by a [2Jda: fine ]0;x");
    expect(stdout).not.toContain("\u001b");
  });
});

it("two gates of one name are told apart by their stages", async () => {
  const project = new Project(`
pipeline({ name: "twins" }, (p) => {
  const one = p.stage("a").job("one", sh\`echo value\`);
  p.stage("eu", { after: [] }).gate("approval", one, approval());
  p.stage("us", { after: [] }).gate("approval", one, approval());
}).main();`);
  expect((await project.run(["--run", "r1"])).code).toBe(75);
  refusedWith(
    await say(project, "approve", "ada"),
    "is the name of several gates",
    "eu/approval, us/approval",
  );
  expect((await project.run(["approve", "r1", "us/approval", "--by", "ada"])).code).toBe(0);
});
