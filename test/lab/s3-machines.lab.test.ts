// needs: s3
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { Project } from "../fixtures/project.ts";
import { need } from "./lab.ts";
import { newPrefix, SERVER } from "./s3/place.ts";

/** What a process of a machine has in its environment besides a path. */
const ENV = Object.fromEntries(
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"].map((name) => [name, process.env[name] ?? ""]),
);

/** Checkouts of one pipeline, each with a folder and a state folder of its own: they share the bucket alone. */
function machines(body: string, lease = "30s"): () => Project {
  const store = JSON.stringify({ ...SERVER, prefix: newPrefix(), lease });
  const definition = `pipeline({ name: "shared", store: s3(${store}) }, (p) => {${body}}).main();`;
  return () => new Project(definition, { imports: 'import { s3 } from "sluice/s3";' });
}

type Options = Parameters<Project["run"]>[1];
const withKeys = (options: Options = {}): Options => ({ ...options, env: { ...ENV, ...options.env } });
const run = (on: Project, args: readonly string[], options?: Options): ReturnType<Project["run"]> =>
  on.run(args, withKeys(options));

/** A namespace of process ids is as far as two machines can be apart on one. */
const ELSEWHERE = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"];
const canBeElsewhere = spawnSync(ELSEWHERE[0] ?? "", [...ELSEWHERE.slice(1), "true"]).status === 0;

const RELEASE = `
  const made = p.stage("a").job("make", sh\`mkdir -p dist && echo made >> trace && echo content > dist/app && echo log-of-make\`,
    { artifacts: { app: "dist/**" } });
  const asked = p.stage("b").gate("approval", made, approval());
  p.stage("c").job("use", sh\`cat dist/app; echo used >> trace\`, { after: [asked, made] });
`;

describe.skipIf(!need("s3").available)("runs on several machines", () => {
  beforeAll(async () => {
    await build({ ifStale: true, types: false });
  });

  it("start on one, are approved on another and go on there, with their artifacts", async () => {
    const machine = machines(RELEASE);
    const [a, b, c] = [machine(), machine(), machine()];
    const first = await run(a, ["--run", "r1"]);
    expect(first.code, first.stderr).toBe(75);
    expect((await run(b, ["runs"])).stdout).toMatch(/r1 +suspended/);
    expect((await run(b, ["show", "r1"])).stdout).toContain("waits");
    expect((await run(b, ["logs", "r1", "make"])).stdout).toContain("log-of-make");
    const approved = await run(b, ["approve", "r1", "approval", "--by", "ada", "--reason", "looks good"]);
    expect(approved.code, approved.stderr).toBe(0);
    const resumed = await run(b, ["resume", "r1"]);
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(readFileSync(join(b.root, "dist/app"), "utf8")).toBe("content\n");
    expect(readFileSync(join(a.root, "trace"), "utf8")).toBe("made\n");
    expect(readFileSync(join(b.root, "trace"), "utf8")).toBe("used\n");
    const shown = (await run(c, ["show", "r1"])).stdout;
    expect(shown).toMatch(/r1 +shared +passed/);
    expect(shown).toContain("approved by ada: looks good");
    expect((await run(c, ["logs", "r1", "use"])).stdout).toContain("content");
    expect((await run(c, ["resume", "r1"])).stderr).toContain("RUN_OVER");
    const again = await run(c, ["rerun", "r1"]);
    expect(again.code, again.stderr).toBe(75);
    expect((await run(a, ["runs"])).stdout.trim().split("\n")).toHaveLength(2);
    expect(existsSync(join(c.root, ".sluice/runs"))).toBe(false);
  });

  it("refuse an artifact that is not what was stored, before anything runs with it", async () => {
    const machine = machines(RELEASE);
    const [a, b] = [machine(), machine()];
    await run(a, ["--run", "r1"]);
    await run(b, ["approve", "r1", "approval", "--by", "ada"]);
    b.write("dist/app", "something else\n");
    const resumed = await run(b, ["resume", "r1"]);
    expect(resumed.code).not.toBe(0);
    expect(resumed.stderr).toContain("INPUT_MISSING");
    expect(existsSync(join(b.root, "trace"))).toBe(false);
  });

  const GATED = `
    p.stage("a").job("one", sh\`echo one >> trace\`);
    p.stage("b").job("two", sh\`echo two >> trace; test -f ok || { echo waiting; sleep 1000; }\`);
    p.stage("c").job("three", sh\`echo three >> trace\`);
  `;

  it("are resumed by exactly one of several that try at once", async () => {
    const machine = machines(GATED.replace("sleep 1000", "exit 1"));
    const a = machine();
    expect((await run(a, ["--run", "r1"])).code).toBe(1);
    const others = [machine(), machine(), machine()];
    const outcomes = await Promise.all(
      others.map(async (one) => {
        one.write("ok", "");
        return await run(one, ["resume", "r1"]);
      }),
    );
    const won = outcomes.filter(({ code }) => code === 0);
    expect(won).toHaveLength(1);
    for (const { code, stderr } of outcomes) if (code !== 0) expect(stderr).toMatch(/RUN_BUSY|RUN_OVER/);
    const traces = others.flatMap(({ root }) =>
      existsSync(join(root, "trace")) ? [readFileSync(join(root, "trace"), "utf8")] : [],
    );
    expect(traces).toEqual(["two\nthree\n"]);
  });

  it("are taken over at once from a process of this machine that was killed", async () => {
    const machine = machines(GATED);
    const [a, b] = [machine(), machine()];
    const started = a.start(["--run", "r1"], withKeys());
    await started.saw("waiting");
    expect((await run(b, ["runs"])).stdout).toMatch(/r1 +running/);
    const busy = await run(b, ["resume", "r1"]);
    expect(busy.stderr).toContain("RUN_BUSY");
    started.child.kill("SIGKILL");
    await started.ended;
    expect((await run(b, ["runs"])).stdout).toMatch(/r1 +interrupted/);
    b.write("ok", "");
    expect((await run(b, ["resume", "r1"])).code).toBe(0);
    expect(readFileSync(join(b.root, "trace"), "utf8")).toBe("two\nthree\n");
  });

  it.skipIf(!canBeElsewhere)(
    "are kept by a machine that cannot be looked at until its lease is over",
    async () => {
      const machine = machines(GATED, "6s");
      const [a, b] = [machine(), machine()];
      const started = a.start(["--run", "r1"], withKeys({ wrap: ELSEWHERE }));
      await started.saw("waiting");
      started.child.kill("SIGKILL");
      await started.ended;
      b.write("ok", "");
      const busy = await run(b, ["resume", "r1"]);
      expect(busy.stderr).toMatch(/RUN_BUSY[^]*the run is free in/);
      const taken = async (): Promise<number | null> => (await run(b, ["resume", "r1"])).code;
      const since = performance.now();
      let code = await taken();
      while (code === 1) {
        await sleep(200);
        code = await taken();
      }
      expect(code).toBe(0);
      // Six seconds and what is inexact in times of whole seconds, counted from the last sign of life.
      expect(performance.now() - since).toBeLessThan(12_000);
      expect(readFileSync(join(b.root, "trace"), "utf8")).toBe("two\nthree\n");
    },
  );

  it.skipIf(!canBeElsewhere)("are had at once by whoever knows that the machine is gone", async () => {
    const machine = machines(GATED, "1h");
    const [a, b] = [machine(), machine()];
    const started = a.start(["--run", "r1"], withKeys({ wrap: ELSEWHERE }));
    await started.saw("waiting");
    started.child.kill("SIGKILL");
    await started.ended;
    b.write("ok", "");
    expect((await run(b, ["resume", "r1"])).stderr).toContain("RUN_BUSY");
    expect((await run(b, ["resume", "r1", "--take-over"])).code).toBe(0);
    expect(readFileSync(join(b.root, "trace"), "utf8")).toBe("two\nthree\n");
  });

  it("are let go of by a process that was stopped for longer than its lease", async () => {
    const machine = machines(
      `
        const jobs = p.stage("a");
        jobs.job("waits", sh\`echo waiting; until test -f go; do sleep 0.05; done; echo late\`);
        p.stage("b").job("next", sh\`echo next >> trace\`);
      `,
      "3s",
    );
    const [a, b] = [machine(), machine()];
    const started = a.start(["--run", "r1"], withKeys());
    await started.saw("waiting");
    started.child.kill("SIGSTOP");
    b.write("go", "");
    let second = await run(b, ["resume", "r1"]);
    while (second.stderr.includes("RUN_BUSY")) {
      await sleep(200);
      second = await run(b, ["resume", "r1"]);
    }
    expect(second.code, second.stdout + second.stderr).toBe(0);
    const events = (await run(b, ["show", "r1", "--json"])).stdout;
    // Its job has ended meanwhile, and it has an end to record.
    a.write("go", "");
    started.child.kill("SIGCONT");
    const { code, stdout, stderr } = await started.ended;
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("taken over");
    expect(existsSync(join(a.root, "trace"))).toBe(false);
    expect(readFileSync(join(b.root, "trace"), "utf8")).toBe("next\n");
    expect((await run(b, ["show", "r1", "--json"])).stdout).toBe(events);
    expect((await run(b, ["runs"])).stdout).toMatch(/r1 +passed/);
  });

  it("print their logs on another machine while they go on", async () => {
    const machine = machines(`
      p.stage("a").job("talks", sh\`echo first; until test -f go; do sleep 0.05; done; echo second\`);
    `);
    const [a, b] = [machine(), machine()];
    const started = a.start(["--run", "r1"], withKeys());
    await started.saw("first");
    const follower = b.start(["logs", "r1", "talks", "--follow"], withKeys());
    await follower.saw("first");
    a.write("go", "");
    expect((await started.ended).code).toBe(0);
    expect((await follower.ended).stdout).toBe("first\nsecond\n");
  });
});
