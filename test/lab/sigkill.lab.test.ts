// 200 real SIGKILLs at random moments of real runs, with real jobs and a real local target. Needs nothing but Node.
import { randomBytes } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { HANGS, JOBS, RELEASES } from "../fixtures/crash/real/definitions.ts";
import { Killer } from "../fixtures/crash/real/killer.ts";
import { killJobs, killReleases, killStarting } from "../fixtures/crash/real/lanes.ts";
import { seeded } from "../fixtures/crash/real/random.ts";

const SEED = Number(process.env["SLUICE_SEED"] ?? 20_261_122);
// Jobs are found by their run, so that no two projects on this machine may have one of the same name.
const prefix = (lane: string): string => `kill-${lane}-${randomBytes(4).toString("hex")}`;

const LANES = [
  { name: "jobs", definition: JOBS, kill: killJobs, kills: 90 },
  { name: "releases", definition: RELEASES, kill: killReleases, kills: 80 },
  { name: "starts", definition: HANGS, kill: killStarting, kills: 30 },
];

beforeAll(async () => {
  await build({ ifStale: true, types: false });
});

it.skipIf(process.platform !== "linux")(
  `survives ${String(LANES.reduce((sum, { kills }) => sum + kills, 0))} SIGKILLs at any moment`,
  { timeout: 1_200_000 },
  async () => {
    // Side by side: most of the time they wait.
    const killers = await Promise.all(
      LANES.map(async ({ name, definition, kill, kills }) => {
        const killer = new Killer(definition);
        const start = performance.now();
        try {
          await kill(killer, prefix(name), seeded(SEED), kills);
        } catch (error) {
          killer.violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
        } finally {
          await killer.dispose();
        }
        const seconds = Math.round((performance.now() - start) / 1000);
        const slowest = Math.round(killer.slowest);
        console.log(
          `${name}: ${killer.kills} kills in ${seconds} s; a dead run's jobs were gone after ${slowest} ms at most`,
        );
        return killer;
      }),
    );
    const killed = killers.reduce((sum, killer) => sum + killer.kills, 0);
    console.log(`${killed} processes were killed, seed ${SEED}`);
    expect(killers.flatMap((killer) => killer.violations)).toEqual([]);
    expect(killed).toBeGreaterThanOrEqual(LANES.reduce((sum, { kills }) => sum + kills, 0));
  },
);
