import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { artifact, pipeline, run, sh, type Pipeline, type RunEvent } from "../../../src/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** Builds, then minifies in place, which fails half way the first time. */
const site = (checks = false): Pipeline =>
  pipeline({ name: "site" }, (p) => {
    const built = p.stage("build").job("app", sh`mkdir -p dist; echo whole > dist/a; echo whole > dist/b`, {
      artifacts: { dist: "dist/**" },
    });
    const from = artifact(built, "dist");
    if (checks) p.stage("check").job("lint", sh`test -e ${from.path}`);
    p.stage("minify").job("app", sh`echo half > ${from.path}/a; test -e ready; echo done > dist/a`);
  });

async function broken(pipe: Pipeline): Promise<string> {
  const cwd = tempFolder();
  expect(await run(pipe, { cwd, run: "r1" })).toMatchObject({ state: "failed" });
  expect(text(cwd, "dist/a")).toBe("half\n");
  return cwd;
}

const text = (cwd: string, path: string): string => readFileSync(join(cwd, path), "utf8");

async function resumed(pipe: Pipeline, cwd: string): Promise<readonly RunEvent[]> {
  writeFileSync(join(cwd, "ready"), "");
  const events: RunEvent[] = [];
  const running = run(pipe, { cwd, run: "r1", resume: {} });
  const reading = (async () => {
    for await (const event of running.events) events.push(event);
  })();
  await Promise.all([running, reading]);
  return events;
}

describe("what a job has changed of its inputs before it was ended", () => {
  it("is put back for the next, and kept aside", async () => {
    const cwd = await broken(site());
    const events = await resumed(site(), cwd);
    expect(text(cwd, "dist/a")).toBe("done\n");
    const [folder = ""] = readdirSync(join(cwd, ".sluice/aside"));
    expect(folder).toMatch(/^r1-/);
    expect(text(cwd, `.sluice/aside/${folder}/dist/a`)).toBe("half\n");
    expect(existsSync(join(cwd, `.sluice/aside/${folder}/dist/b`))).toBe(false);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        message: expect.stringMatching(/^dist\/a of artifact "dist" .* kept in \S.*\/aside\/r1-/) as string,
      }),
    );
  });

  it("is left alone where it was changed before, and the way on is said", async () => {
    const cwd = await broken(site());
    utimesSync(join(cwd, "dist/a"), 1, 1);
    await expect(resumed(site(), cwd)).rejects.toMatchObject({
      code: "INPUT_MISSING",
      hint: expect.stringContaining(`mv '${join(cwd, "dist/a")}' '${join(cwd, "dist/a")}.mine'`) as string,
    });
    expect(text(cwd, "dist/a")).toBe("half\n");
    expect(existsSync(join(cwd, ".sluice/aside"))).toBe(false);
  });

  it("is left alone where a job that has succeeded may have made it", async () => {
    const cwd = await broken(site(true));
    await expect(resumed(site(true), cwd)).rejects.toMatchObject({ code: "INPUT_MISSING" });
    expect(text(cwd, "dist/a")).toBe("half\n");
  });
});
