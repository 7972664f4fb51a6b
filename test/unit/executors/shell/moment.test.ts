import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { idsBefore, presentMoment } from "../../../../src/executors/shell/moment.ts";
import { sweep } from "../../../../src/executors/shell/sweep.ts";

const onLinux = process.platform === "linux";

describe.runIf(onLinux)("a moment in the order of process ids", () => {
  it("stands before everything that is started after it", async () => {
    const moment = presentMoment();
    if (moment === undefined) throw new Error("the system does not tell");
    const child = spawn("true");
    await once(child, "exit");
    expect(idsBefore(moment)).toBeLessThan(child.pid ?? 0);
  });

  it("says nothing once the ids may have begun anew", () => {
    const moment = presentMoment();
    if (moment === undefined) throw new Error("the system does not tell");
    expect(idsBefore(moment)).toBe(moment.last);
    expect(idsBefore({ last: moment.last, given: moment.given - 2 ** 32 })).toBe(0);
  });

  it("limits a sweep to what was started since", async () => {
    const cookie = `moment-${process.pid}/`;
    const env = { ...process.env, SLUICE_JOB: `${cookie}1` };
    const start = async () => {
      const child = spawn("sh", ["-c", "echo ready; exec sleep 60"], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      await once(child.stdout, "data");
      return child;
    };
    const before = await start();
    const since = presentMoment();
    const after = await start();
    try {
      const ended = once(after, "exit");
      expect(await sweep(cookie, { since })).toBe(1);
      await ended;
      expect(before.exitCode ?? before.signalCode).toBeNull();
    } finally {
      before.kill("SIGKILL");
      after.kill("SIGKILL");
    }
  });
});
