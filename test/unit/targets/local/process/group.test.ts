import { isFree } from "../../../../../src/targets/local/proxy/ports.ts";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  groupExists,
  signalGroup,
  sweepGroup,
  sweepMarked,
} from "../../../../../src/targets/local/process/group.ts";
import {
  identify,
  isAlive,
  startByPs,
  type ProcessIdentity,
} from "../../../../../src/util/process/identity.ts";

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // ended by the test
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
});

/** A process in a group of its own that lives until it is ended. */
async function start(script: string, env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  started.push(child);
  await once(child.stdout, "data");
  return child;
}

function identityOf(child: ChildProcess): ProcessIdentity {
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("it does not run");
  return identity;
}

async function killLeader(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  process.kill(child.pid ?? 0, "SIGKILL");
  await ended;
}

/** Long enough for a signal that should not have been sent to show. */
function signalsArrive(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}

async function groupGone(leader: ProcessIdentity): Promise<void> {
  for (let turn = 0; groupExists(leader); turn += 1) {
    if (turn > 200) throw new Error("the group lives on");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("identify", () => {
  it("tells this process from any other, and gives nothing for one that is not there", async () => {
    const child = await start("echo up; exec sleep 60");
    expect(identify(process.pid)).toEqual(identify(process.pid));
    expect(identify(child.pid ?? 0)?.start).not.toBe(identify(process.pid)?.start);
    expect(identify(2 ** 22 + 1)).toBeUndefined();
  });

  it("is the same before and after a process becomes another program", async () => {
    const child = await start("echo up; read -r line < /dev/null; exec sleep 60");
    const before = identityOf(child);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isAlive(before)).toBe(true);
  });

  it("counts a process that is killed as gone only when its ports are closed", async () => {
    const script =
      'require("node:http").createServer().listen(0, function () { console.log(this.address().port) })';
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, ["-e", script], {
        detached: true,
        stdio: ["ignore", "pipe", "ignore"],
      });
      started.push(child);
      const port = Number(String(((await once(child.stdout, "data")) as [Buffer])[0]));
      const identity = identityOf(child);
      process.kill(identity.pid, "SIGKILL");
      while (isAlive(identity)); // without giving way, to look at the first moment
      expect(await isFree(port)).toBe(true);
    }
  });
});

describe("startByPs", () => {
  it("tells when a process was started, and nothing for one that is not there", () => {
    expect(startByPs(process.pid)).toMatch(/\d\d:\d\d:\d\d \d{4}$/);
    expect(startByPs(process.pid)).toBe(startByPs(process.pid));
    expect(startByPs(2 ** 22 + 1)).toBeUndefined();
  });
});

describe("signalGroup", () => {
  it("reaches every member", async () => {
    const child = await start("sleep 60 & echo up; wait");
    const leader = identityOf(child);
    expect(signalGroup(leader, "SIGTERM")).toBe(true);
    await once(child, "exit");
    await groupGone(leader);
  });

  it("never touches a process that only has the pid", async () => {
    const child = await start("echo up; exec sleep 60");
    const recycled = { ...identityOf(child), start: "an earlier start" };
    expect(signalGroup(recycled, "SIGKILL")).toBe(false);
    sweepGroup(recycled);
    await signalsArrive();
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });
});

describe("sweepGroup", () => {
  it("ends what a leader has left behind", async () => {
    const child = await start("sleep 60 & echo up; wait");
    const leader = identityOf(child);
    await killLeader(child);
    expect(groupExists(leader)).toBe(true);
    sweepGroup(leader);
    await groupGone(leader);
  });

  it.runIf(process.platform === "linux")("leaves a group of another boot alone", async () => {
    const child = await start("sleep 60 & echo up; wait");
    const leader = identityOf(child);
    await killLeader(child);
    const other = { ...leader, start: leader.start.replace(/^[^/]+/, "another-boot") };
    sweepGroup(other);
    sweepMarked(other, "MARK=1");
    await signalsArrive();
    expect(groupExists(leader)).toBe(true);
  });
});

describe.runIf(process.platform === "linux")("sweepMarked", () => {
  it("ends members that carry the mark, and no others", async () => {
    const child = await start("sleep 60 & echo up; wait", { MARK: "1" });
    const leader = identityOf(child);
    await killLeader(child);
    sweepMarked(leader, "MARK=2");
    await signalsArrive();
    expect(groupExists(leader)).toBe(true);
    sweepMarked(leader, "MARK=1");
    await groupGone(leader);
  });
});
