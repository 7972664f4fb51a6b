import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { runCookie } from "../../../../src/executors/shell/cookie.ts";
import { createProcessGuard } from "../../../../src/executors/shell/index.ts";

const linux = process.platform === "linux";
const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** A process that leads a group of its own. */
function leader(command = "exec sleep 300"): ChildProcess & { pid: number } {
  const child = spawn("sh", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  if (child.pid === undefined) throw new Error("no process was started");
  return child as ChildProcess & { pid: number };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !linux || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Resolves when the process has ended. Used for those that are not our children, which nothing tells us of. */
async function gone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The keepers that this process has started and that still run. */
function keepers(): number[] {
  const found: number[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      if (parent === String(process.pid) && command.includes("groups=")) found.push(Number(pid));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** A node process that puts groups under a guard; `lines` reads what it prints. */
function host(script: string): { child: ChildProcess; line: () => Promise<string> } {
  const module = new URL("../../../../src/executors/shell/guard.ts", import.meta.url).href;
  const source = `import { spawn } from "node:child_process";
    const { createProcessGuard } = await import(${JSON.stringify(module)});
    const group = (command = "exec sleep 300") =>
      spawn("sh", ["-c", command], { detached: true, stdio: "ignore" }).pid;
    const guard = createProcessGuard();
    ${script}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

describe("a process guard", () => {
  it.skipIf(!linux)(
    "ends a job that was started just before its parent was killed, and is on no list",
    async () => {
      const { child, line } = host(`
      guard.prepare();
      const env = { ...process.env, SLUICE_JOB: "${runCookie("run-1", "/state")}" + process.pid + ".0." };
      console.log(spawn("sh", ["-c", "exec sleep 300"], { detached: true, stdio: "ignore", env }).pid);
      setInterval(() => undefined, 1000);`);
      const pid = Number(await line());
      child.kill("SIGKILL");
      await gone(pid);
    },
  );

  it("ends the groups of a process that was killed, and no others", async () => {
    const { child, line } = host(`
      const [one, two, three] = [group(), group("trap '' TERM; exec sleep 300"), group()];
      for (const pid of [one, three]) guard.add(pid);
      guard.remove(three);
      guard.add(two);
      console.log([one, two, three].join(" "));
      setInterval(() => {}, 1000);
    `);
    const pids = (await line()).split(" ").map(Number);
    const [one = 0, two = 0, three = 0] = pids;
    try {
      expect(pids.map(runs)).toEqual([true, true, true]);
      child.kill("SIGKILL");
      await Promise.all([gone(one), gone(two)]);
      expect(runs(three)).toBe(true);
    } finally {
      for (const pid of pids.filter(runs)) process.kill(pid, "SIGKILL");
    }
  }, 30_000);

  it("keeps no process running", async () => {
    const { child, line } = host(`
      const pid = group();
      guard.add(pid);
      process.kill(pid, "SIGKILL");
      console.log("end");
    `);
    await line();
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  }, 30_000);

  it("ends what is left when it is closed", async () => {
    const guard = createProcessGuard();
    const [kept, removed] = [leader(), leader()];
    guard.add(kept.pid);
    guard.add(removed.pid);
    guard.remove(removed.pid);
    guard.close();
    await once(kept, "exit");
    expect(kept.signalCode).toBe("SIGTERM");
    expect(runs(removed.pid)).toBe(true);
  });

  it.runIf(linux)("starts nothing before the first group, and nothing after it was closed", () => {
    const before = keepers();
    const guard = createProcessGuard();
    guard.remove(1);
    guard.close();
    guard.add(4_194_303);
    expect(keepers().filter((pid) => !before.includes(pid))).toEqual([]);
  });

  it.runIf(linux)("survives the loss of its keeper, and gives the next one the whole list", async () => {
    const before = keepers();
    const current = (): number | undefined => keepers().find((pid) => !before.includes(pid));
    const guard = createProcessGuard();
    const [first, second] = [leader(), leader()];
    guard.add(first.pid);
    const keeper = current() ?? 0;
    process.kill(keeper, "SIGKILL");
    // Until the news is here, what is written meets a broken pipe.
    for (let next = current(); next === undefined || next === keeper; next = current()) {
      guard.add(second.pid);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    guard.close();
    await Promise.all([once(first, "exit"), once(second, "exit")]);
    expect([first.signalCode, second.signalCode]).toEqual(["SIGTERM", "SIGTERM"]);
  });
});
