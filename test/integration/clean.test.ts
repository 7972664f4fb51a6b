import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

describe("clean", () => {
  it("says what would go, then takes it away; what waits stays, and damage does not hide the rest", async () => {
    const project = new Project(`
pipeline({ name: "p", params: { dryRun: z.boolean().default(false) } }, (p) => {
  const made = p.stage("a").job("x", sh\`mkdir -p out; date +%N > out/x\`, { artifacts: { x: "out/*" } });
  p.stage("b").gate("ok", made, approval());
}).main();`);
    for (const id of ["k1", "k2"]) {
      expect((await project.run(["--run", id])).code).toBe(75);
      await project.run(["approve", id, "ok", "--by", "ada"]);
      expect((await project.run(["resume", id])).code).toBe(0);
    }
    expect((await project.run(["--run", "k3"])).code).toBe(75);
    const runs = (): string[] => readdirSync(join(project.root, ".sluice/runs")).sort();
    const dry = await project.run(["clean", "--keep", "2", "--dry-run"]);
    expect(dry.stdout).toMatch(/^would remove k1 {2}passed: 2 are newer\nwould remove 1 run \(/);
    expect(runs()).toEqual(["k1", "k2", "k3"]);
    const wrong = await project.run(["clean", "--max-size", "much"]);
    expect(wrong.stderr).toContain('"much" is no size');
    expect(wrong.code).toBe(2);
    expect((await project.run(["clean", "--keep", "2"])).stdout).toMatch(/^removed k1 {2}passed/);
    expect(runs()).toEqual(["k2", "k3"]);
    const rest = await project.run(["clean", "--older-than", "0s", "--json"]);
    expect(JSON.parse(rest.stdout)).toMatchObject({
      removed: [{ run: "k2" }],
      kept: [{ run: "k3", why: "it waits for an answer" }],
      faults: [],
    });
    const [journal = ""] = readdirSync(join(project.root, ".sluice/runs/k3")).filter((name) =>
      name.startsWith("journal"),
    );
    writeFileSync(join(project.root, ".sluice/runs/k3", journal), "nonsense\n");
    expect((await project.run(["runs"])).stdout).toMatch(/^k3 {2}unreadable {3}.*line 1 is damaged/);
    const faulty = await project.run(["clean"]);
    expect([faulty.code, faulty.stderr]).toEqual([
      1,
      expect.stringContaining("run k3 cannot be read and stays"),
    ]);
  });
});
