import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

/** Runs as a user who is not root, for whom a read-only folder is one. */
const NOBODY =
  process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};

const journalOf = (project: Project): string => {
  const [run = ""] = readdirSync(join(project.root, ".sluice/runs"));
  const folder = join(project.root, ".sluice/runs", run);
  const [journal = ""] = readdirSync(folder).filter((name) => name.startsWith("journal"));
  return readFileSync(join(folder, journal), "utf8");
};

describe("a job", () => {
  it("may write gigabytes: what it printed is in its log, and memory stays flat", async () => {
    const project = new Project(`
pipeline({ name: "loud" }, (p) => {
  p.stage("a").job("loud", sh\`head -c 300000000 /dev/zero | tr '\\0' 'x' | fold -w 79\`);
  p.finally("rss", () => ({ rss: process.resourceUsage().maxRSS / 1024 }));
}).main();`);
    const { code } = await project.run(["--reporter", "json", "--junit", "j.xml"], {
      wrap: ["sh", "-c", 'exec "$@" > /dev/null', "sh"],
    });
    expect(code).toBe(0);
    const [run = ""] = readdirSync(join(project.root, ".sluice/runs"));
    expect(statSync(join(project.root, ".sluice/runs", run, "logs/a~loud.log")).size).toBeGreaterThan(
      300_000_000,
    );
    const rss = /"rss":([\d.]+)/.exec(journalOf(project))?.[1];
    expect(Number(rss)).toBeLessThan(250);
  });

  it("may print invalid UTF-8: the log has its bytes, the events are still JSON", async () => {
    const project = new Project(`
pipeline({ name: "bytes" }, (p) => {
  p.stage("a").job("x", sh\`printf 'ok \\377\\376 \\303'\`);
}).main();`);
    const { code, stdout } = await project.run(["--reporter", "json"]);
    expect(code).toBe(0);
    for (const line of stdout.trim().split("\n")) JSON.parse(line);
    const [run = ""] = readdirSync(join(project.root, ".sluice/runs"));
    const log = readFileSync(join(project.root, ".sluice/runs", run, "logs/a~x.log"));
    expect(log.toString("latin1")).toBe("ok \xff\xfe \xc3");
  });

  it("that ignores SIGTERM is killed after its grace, with its children", async () => {
    const project = new Project(`
pipeline({ name: "stubborn" }, (p) => {
  p.stage("a").job("x", sh\`trap '' TERM; sleep 1000 & echo child $!; while :; do sleep 0.1; done\`, { timeout: "1s", grace: "500ms" });
}).main();`);
    const { code, stdout } = await project.run();
    expect(code).toBe(1);
    expect(stdout).toContain("TIMEOUT");
    const child = Number(/child (\d+)/.exec(stdout)?.[1]);
    expect(child).toBeGreaterThan(0);
    expect(alive(child)).toBe(false);
  });
});

describe("Ctrl-C", () => {
  const slow = `
pipeline({ name: "slow" }, (p) => {
  p.stage("a").job("x", sh\`echo pid $$; exec sleep 1000\`);
  p.stage("b").job("y", sh\`echo never\`);
  p.finally("clean", sh\`echo cleaned after $SLUICE_OUTCOME\`);
}).main();`;

  it("stops cleanly: the job ends, finally runs, the exit code is 130", async () => {
    const started = new Project(slow).start();
    await started.saw(/pid \d+/);
    started.child.kill("SIGINT");
    const { code, stdout } = await started.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("cleaned after cancelled");
    expect(stdout).not.toContain("never");
    expect(alive(Number(/pid (\d+)/.exec(stdout)?.[1]))).toBe(false);
  });

  it("twice, or kill -9, ends it at once and still leaves no process of a job", async () => {
    const project = new Project(slow.replace("exec sleep", "trap '' TERM; sleep"));
    const started = project.start();
    await started.saw(/pid \d+/);
    started.child.kill("SIGKILL");
    const { stdout } = await started.ended;
    const pid = Number(/pid (\d+)/.exec(stdout)?.[1]);
    await expect.poll(() => alive(pid), { timeout: 15_000 }).toBe(false);
    expect(journalOf(project)).toContain("node.started");
  });
});

describe("the state folder", () => {
  const touch = `
pipeline({ name: "touch" }, (p) => {
  p.stage("a").job("x", sh\`echo did-run\`);
}).main();`;

  it.skipIf(NOBODY.length > 0 && !existsSync("/usr/bin/setpriv"))(
    "read-only: said in words, before any job",
    async () => {
      const project = new Project(touch);
      mkdirSync(join(project.root, ".sluice"), { mode: 0o555 });
      const { chmodSync } = await import("node:fs");
      chmodSync(project.root, 0o755);
      const { code, stdout, stderr } = await project.run([], {
        wrap: NOBODY,
        env: { TSX_DISABLE_CACHE: "1" },
      });
      expect(stderr).toContain("STATE_UNWRITABLE");
      expect(stderr).toContain("permission is denied");
      expect(stdout).not.toContain("did-run");
      expect(code).toBe(1);
    },
  );

  it("full: the run fails and says so, and nothing passes that is not on record", async () => {
    // A limit on the size of files stands in for a disk without room: a write is refused with an error likewise.
    const project = new Project(`
pipeline({ name: "full" }, (p) => {
  p.stage("a").job("loud", sh\`head -c 3000000 /dev/zero\`);
  p.stage("b").job("after", sh\`echo did-run\`);
}).main();`);
    const limited = ["sh", "-c", 'trap "" XFSZ; ulimit -f 1000; exec "$@"', "sh"];
    const { code, stdout } = await project.run(["--reporter", "json"], { wrap: limited });
    expect(code).toBe(1);
    expect(stdout).toContain("STATE_UNWRITABLE");
    expect(stdout).not.toContain("did-run");
  });

  it("is shared by two runs at once, each with a journal of its own", async () => {
    const project = new Project(`
pipeline({ name: "two" }, (p) => {
  p.stage("a").job("x", sh\`sleep 0.3; echo done\`);
}).main();`);
    const both = await Promise.all([project.run(), project.run()]);
    expect(both.map((one) => one.code)).toEqual([0, 0]);
    expect(readdirSync(join(project.root, ".sluice/runs"))).toHaveLength(2);
  });
});
