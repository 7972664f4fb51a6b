import { randomBytes } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { HANGS, JOBS, RELEASES } from "../fixtures/crash/real/definitions.ts";
import { Killer } from "../fixtures/crash/real/killer.ts";
import { killJobs, killReleases, killStarting } from "../fixtures/crash/real/lanes.ts";
import { seeded } from "../fixtures/crash/real/random.ts";

// The long form is test/lab/sigkill.lab.test.ts.
describe.skipIf(process.platform !== "linux")("a run that is killed by SIGKILL again and again", () => {
  it.each([
    { what: "jobs", definition: JOBS, kill: killJobs, kills: 4 },
    { what: "releases", definition: RELEASES, kill: killReleases, kills: 4 },
    { what: "a job that is just being started", definition: HANGS, kill: killStarting, kills: 3 },
  ])("ends as if it had not been: $what", async ({ definition, kill, kills }) => {
    const killer = new Killer(definition);
    onTestFinished(() => killer.dispose());
    // Jobs are found by their run, so that no two projects on this machine may have one of the same name.
    await kill(killer, `kill-${randomBytes(4).toString("hex")}`, seeded(7), kills);
    expect(killer.violations).toEqual([]);
    expect(killer.kills).toBeGreaterThanOrEqual(kills);
  });
});
