import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeRecord } from "../../src/stores/_shared/record.ts";
import { Project, type Outcome } from "../fixtures/project.ts";

const held = `
pipeline({ name: "held" }, (p) => {
  p.stage("a").job("one", sh\`echo one >> trace\`);
  p.stage("b").job("two", sh\`echo two >> trace; echo waiting; until test -f go; do sleep 0.05; done\`);
}).main();`;

const trace = (project: Project): string => readFileSync(join(project.root, "trace"), "utf8");

/** A run whose process was killed while its second job ran. */
async function cutOff(): Promise<Project> {
  const project = new Project(held);
  const run = project.start(["--run", "held-1"]);
  await run.saw("waiting");
  run.child.kill("SIGKILL");
  await run.ended;
  return project;
}

describe("who goes on with a run", () => {
  it("is one of eight that try at the same time; the others are told who", async () => {
    const project = await cutOff();
    const tries = Array.from({ length: 8 }, () => project.start(["resume", "held-1"]));
    const ends: Outcome[] = [];
    const sevenEnded = new Promise<void>((resolve) => {
      for (const { ended } of tries)
        void ended.then((outcome) => {
          ends.push(outcome);
          if (ends.length === 7) resolve();
        });
    });
    await sevenEnded;
    for (const { code, stderr } of ends) {
      expect(stderr).toMatch(/run held-1 is being run by process \d+ on .*RUN_BUSY/s);
      expect(code).toBe(1);
    }
    expect(trace(project)).toBe("one\ntwo\ntwo\n");
    project.write("go", "");
    const outcomes = await Promise.all(tries.map(({ ended }) => ended));
    const winner = outcomes.find((outcome) => !ends.slice(0, 7).includes(outcome));
    expect(winner).toMatchObject({ code: 0, stderr: "" });
    expect(trace(project)).toBe("one\ntwo\ntwo\n");
    expect((await project.run(["resume", "held-1"])).stderr).toContain("RUN_OVER");
  });

  it("is nobody else while its process lives, and again anybody once a refusal has let it go", async () => {
    const project = await cutOff();
    const definition = readFileSync(join(project.root, "pipeline.ts"), "utf8");
    project.write("pipeline.ts", definition.replace("echo two", "echo 2"));
    expect((await project.run(["resume", "held-1"])).stderr).toContain("DEFINITION_CHANGED");
    project.write("pipeline.ts", definition);
    project.write("go", "");
    expect((await project.run(["resume", "held-1"])).code).toBe(0);
  });

  it("may be somebody here although its process was on another machine, when that is said to be gone", async () => {
    const project = await cutOff();
    const folder = join(project.root, ".sluice/runs/held-1");
    const name = readdirSync(folder).find((one) => one.startsWith("journal")) ?? "";
    const records = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
    const moved = records.map((line) => {
      const { e } = JSON.parse(line) as { e: { owner?: { machine: string } } };
      if (e.owner !== undefined) e.owner.machine = "another";
      return encodeRecord(e as never);
    });
    writeFileSync(join(folder, name), moved.join(""));
    const lock = {
      owner: { pid: 1, start: "x" },
      machine: "another",
      host: "far",
      since: 1,
      note: {},
      released: false,
    };
    project.write("go", "");
    const refused = await project.run(["resume", "held-1"]);
    expect(refused.stderr).toMatch(/on another .*resume --take-over/s);
    const generation = readdirSync(folder).find((one) => one.startsWith("lock.")) ?? "lock.1";
    writeFileSync(join(folder, generation), JSON.stringify(lock));
    expect((await project.run(["resume", "held-1"])).stderr).toMatch(/on far .*resume --take-over/s);
    expect((await project.run(["resume", "held-1", "--take-over"])).code).toBe(0);
  });

  it("cannot be somebody who runs all of it again under the same id", async () => {
    const project = new Project(held);
    project.write("go", "");
    expect((await project.run(["--run", "held-1"])).code).toBe(0);
    const again = await project.run(["--run", "held-1"]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("there is a run held-1 already");
    expect(existsSync(join(project.root, "trace")) && trace(project)).toBe("one\ntwo\n");
  });
});
