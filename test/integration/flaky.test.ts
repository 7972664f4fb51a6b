import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Checkout } from "../fixtures/checkout.ts";
import { Project } from "../fixtures/project.ts";
import { tempFolder } from "../fixtures/temp-folder.ts";

const definition = `
pipeline({ name: "shop", secrets: { token: env("TOKEN") } }, (p, { secrets }) => {
  p.stage("first").job("shaky", sh\`test "$SLUICE_ATTEMPT" = 2\`, { retry: { attempts: 2, delay: "1ms" } });
  const unit = p.stage("test").job("unit", sh\`cp build/report.xml build/r.xml\`);
  p.stage("judge").gate("tests", unit, junit({ report: "build/r.xml" }));
  p.stage("last").job("e2e", sh\`echo the e2e tests, \${secrets.token}; test ! -f build/broken\`);
}).main();`;

const report = (outcome: string): string =>
  `<testsuite name="s"><testcase classname="Cart" name="adds hunter2hunter2">${outcome}</testcase><testcase classname="Cart" name="works"/></testsuite>`;

/** A project in a git checkout that ignores what its jobs write. */
function project(): { readonly project: Project; readonly checkout: Checkout } {
  const made = new Project(definition, { imports: 'import { junit } from "sluice/gates";' });
  made.write(".gitignore", "build/\nnode_modules/\n");
  return { project: made, checkout: new Checkout(made.root) };
}

const env = { TOKEN: "hunter2hunter2" };

describe("flaky", () => {
  it("lists jobs and tests that passed and failed on one commit, with the run whose log shows it", async () => {
    const { project: made } = project();
    made.write("build/report.xml", report(""));
    await made.run(["--run", "r1"], { env });
    made.write("build/broken", "");
    await made.run(["--run", "r2"], { env });
    made.write("build/report.xml", report("<failure/>"));
    await made.run(["--run", "r3"], { env });

    const { code, stdout } = await made.run(["flaky"]);
    expect(code).toBe(0);
    expect(stdout).toContain('4 flaky in 3 runs of "shop"');
    expect(stdout).toMatch(
      /last\/e2e\n +cost 1 run; failed 1 of 2 runs \(50 %\), on 1 commit\n +last .*: .* logs r2 last\/e2e\n/,
    );
    expect(stdout).toMatch(
      /Cart > adds \*\*\* {2}\(test of judge\/tests\)\n +cost 1 run; failed 1 of 3 runs/,
    );
    expect(stdout).toMatch(
      /first\/shaky\n +passed on a retry 3 of 3 runs \(100 %\), on 1 commit\n +last .*: .* logs r3 first\/shaky\n/,
    );
    expect(stdout).not.toContain("Cart > works");
    expect(stdout).not.toContain("hunter2");
    expect(stdout.indexOf("last/e2e")).toBeLessThan(stdout.indexOf("first/shaky"));
    expect((await made.run(["logs", "r2", "last/e2e"])).stdout).toContain("the e2e tests");

    const json = JSON.parse(
      (await made.run(["flaky", "--json", "--since", "1h", "--min-runs", "2"])).stdout,
    ) as {
      flaky: unknown[];
    };
    expect(json).toMatchObject({ pipeline: "shop", runs: 3, comparable: 3, faults: [] });
    expect(json.flaky).toHaveLength(4);
    expect((await made.run(["flaky", "--min-runs", "4"])).stdout).toContain("nothing flaky in 3 runs");
  });

  it("blames nothing for failing on another commit, or with other files than are in the commit", async () => {
    const { project: made, checkout } = project();
    made.write("build/report.xml", report(""));
    await made.run(["--run", "r1"], { env });
    made.write("build/broken", "");
    checkout.write("changed.txt", "1");
    await made.run(["--run", "r2"], { env });
    checkout.commit();
    await made.run(["--run", "r3"], { env });
    const { stdout } = await made.run(["flaky"]);
    expect(stdout).toContain('1 flaky in 3 runs of "shop"');
    expect(stdout).toContain("1 run cannot be compared");
    expect(stdout).not.toContain("last/e2e");
  });

  it("brings together what CI has found out in shallow, detached checkouts of its own", async () => {
    const { project: made, checkout } = project();
    const commit = checkout.git("rev-parse", "HEAD");
    const state = tempFolder();
    for (const [run, broken] of [
      ["r1", false],
      ["r2", true],
    ] as const) {
      const clone = tempFolder();
      const git = (...args: string[]): unknown =>
        execFileSync("git", ["-C", clone, "-c", "advice.detachedHead=false", ...args], { stdio: "ignore" });
      git("init", "-q");
      git("fetch", "-q", "--depth=1", `file://${made.root}`, commit);
      git("checkout", "-q", commit);
      execFileSync("ln", ["-s", join(made.root, "node_modules"), join(clone, "node_modules")]);
      execFileSync("mkdir", [join(clone, "build")]);
      if (broken) execFileSync("touch", [join(clone, "build/broken")]);
      // A link is no folder, so ".gitignore" does not hide it; CI hosts install folders.
      git("config", "core.excludesFile", "/dev/null");
      execFileSync("sh", ["-c", `echo node_modules >> '${clone}/.git/info/exclude'`]);
      await made.run(["--run", run, "--only", "last/e2e", "--state-dir", state, "--cwd", clone], {
        env: { ...env, GITHUB_ACTIONS: "true", GITHUB_REF_NAME: "main" },
      });
    }
    const { stdout } = await made.run(["flaky", "--state-dir", state]);
    expect(stdout).toMatch(/1 flaky in 2 runs[^]*last\/e2e/);
    expect(stdout).not.toContain("cannot be compared");
  });

  it("says that there is nothing, and what kept it from finding something", async () => {
    const { project: made } = project();
    expect((await made.run(["flaky"])).stdout).toContain('nothing flaky in 0 runs of "shop" since ');
    rmSync(join(made.root, ".git"), { recursive: true });
    made.write("build/report.xml", report(""));
    await made.run([], { env });
    expect((await made.run(["flaky"])).stdout).toContain("was no git checkout");
    made.write(".sluice/history/r0.json", "{");
    const { code, stderr } = await made.run(["flaky"]);
    expect(stderr).toMatch(/warning: .*r0\.json cannot be read/);
    expect(code).toBe(0);
  });

  it.each([
    [["--since", "soon"], "--since soon: not a length of time", "90d"],
    [["--since", "0d"], "--since 0d", ""],
    [["--min-runs", "none"], "--min-runs none", ""],
    [["extra"], '"extra" is one argument too many', "flaky --help"],
  ])("%j gives 2 and says what is wrong", async (args, message, hint) => {
    const { code, stdout, stderr } = await project().project.run(["flaky", ...args]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
