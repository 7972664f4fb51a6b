import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { performResume, performRun } from "../../../src/cli/verb-run.ts";
import { performShow } from "../../../src/cli/verb-show.ts";
import { approval, pipeline, type RunEvent } from "../../../src/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { commandOf, KeptTerminal } from "./terminal.ts";

const shop = (approvers: number) =>
  pipeline({ name: "shop" }, (p) => {
    const built = p.stage("build").job("app", () => 1);
    p.stage("release").gate("approval", built, approval({ approvers }));
  });

const ACTOR = { GITHUB_ACTIONS: "true", GITHUB_ACTOR: "ada", PATH: process.env["PATH"] };

async function decisions(stateDir: string): Promise<readonly RunEvent[]> {
  const { events } = await new FileRunStore(stateDir).read("r1");
  return events.filter(({ type }) => type === "gate.decided");
}

describe("--yes", () => {
  const flagsIn = (stateDir: string) => ({
    run: "r1",
    yes: true,
    "state-dir": stateDir,
    reporter: ["plain"],
  });

  it("approves in the name of who runs it", async () => {
    const stateDir = join(tempFolder(), "state");
    const terminal = new KeptTerminal({ PATH: process.env["PATH"] });
    expect(await performRun(shop(1), commandOf(flagsIn(stateDir)), terminal)).toBe(0);
    expect(await decisions(stateDir)).toMatchObject([
      { approved: true, by: userInfo().username, reason: "--yes" },
    ]);
    expect(terminal.complaints).toEqual([]);
    await performShow(shop(1), commandOf({ "state-dir": stateDir }, ["r1"]), terminal);
    expect(terminal.printed.at(-1)).toMatch(
      /\n {6}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}approved by .*: --yes\n/,
    );
  });

  it("is one person where several must approve, says so at once, and waits for the others", async () => {
    const stateDir = join(tempFolder(), "state");
    const terminal = new KeptTerminal(ACTOR);
    expect(await performRun(shop(2), commandOf(flagsIn(stateDir)), terminal)).toBe(75);
    expect(terminal.complaints).toEqual([
      "warning: release/approval needs 2 different people, and --yes answers as ada alone: the run will wait there\n",
    ]);
    expect(await decisions(stateDir)).toMatchObject([{ by: "ada" }]);
    const resume = commandOf({ ...flagsIn(stateDir), run: undefined }, ["r1"]);
    expect(await performResume(shop(2), resume, new KeptTerminal(ACTOR))).toBe(75);
    expect(await decisions(stateDir)).toHaveLength(1);
    const bob = new KeptTerminal({ ...ACTOR, GITHUB_ACTOR: "bob" });
    expect(await performResume(shop(2), resume, bob)).toBe(0);
    expect(await decisions(stateDir)).toMatchObject([{ by: "ada" }, { by: "bob" }]);
  });
});
