import { describe, expect, it } from "vitest";
import { Tools } from "../../../src/cache/tools.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { GIT_ENV } from "./support.ts";

describe("a tool", () => {
  it("tells what it prints on both of its streams, and is run once", async () => {
    const folder = tempFolder();
    const tools = new Tools(folder, GIT_ENV);
    const command = "echo run >> count; echo error >&2; wc -l < count";
    const [first, second] = await Promise.all([tools.output(command), tools.output(command)]);
    expect(first.split("\n").map((line) => line.trim())).toEqual(["1", "error"]);
    expect(second).toBe(first);
  });

  it("that is this Node tells what it would print", async () => {
    const PATH = `${process.execPath.replace(/\/node$/, "")}:/usr/bin:/bin`;
    expect(await new Tools(tempFolder(), { PATH }).output("node --version")).toBe(process.version);
  });

  it("sees the environment of jobs alone", async () => {
    expect(await new Tools(tempFolder(), { PATH: GIT_ENV.PATH, A: "b" }).output("echo $A$HOME-")).toBe("b-");
  });

  it.each([
    ["exit 4", /fails with exit code 4/],
    ["kill -9 $$", /was ended by SIGKILL/],
    ["no-such-tool --version", /fails with exit code 127: .*not found/],
    ["true", /prints nothing/],
    ["sleep 60", /took longer than 100ms/],
  ])("`%s` is a fault", async (command, problem) => {
    await expect(new Tools(tempFolder(), GIT_ENV, 100).output(command)).rejects.toThrow(problem);
  });
});
