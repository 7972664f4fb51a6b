import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { historyOf } from "../../../src/host/history.ts";
import { approval, decide, pipeline, run, type Check, type Pipeline } from "../../../src/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const gated = (check: Check<unknown>): Pipeline =>
  pipeline({ name: "gated" }, (p) => {
    const made = p.stage("a").job("make", () => 1);
    p.stage("b").gate("ask", made, check);
  });

async function suspended(check: Check<unknown>) {
  const cwd = tempFolder();
  const pipe = gated(check);
  expect((await run(pipe, { cwd, run: "r1" })).state).toBe("suspended");
  return {
    pipe,
    cwd,
    say: (by: string, approved = true) => decide(pipe, "r1", "ask", { approved, by }, { cwd }),
  };
}

describe("decide", () => {
  it("says how many more must approve, until the run can go on", async () => {
    const { pipe, cwd, say } = await suspended(approval({ approvers: 3 }));
    expect(await say("ada")).toEqual({ node: "b/ask", missing: 2 });
    expect(await say("bob")).toEqual({ node: "b/ask", missing: 1 });
    await expect(say("ADA")).rejects.toMatchObject({ code: "RUN_OVER" });
    expect(await say("cyd")).toEqual({ node: "b/ask", missing: 0 });
    expect((await run(pipe, { cwd, run: "r1", resume: {} })).state).toBe("passed");
  });

  it("at the same moment in one process loses none and counts none twice", async () => {
    const { say } = await suspended(approval({ approvers: 5 }));
    const said = await Promise.allSettled(["ada", "bob", "cyd", "ada", "dan", "bob"].map((by) => say(by)));
    const missing = said.flatMap((one) => (one.status === "fulfilled" ? [one.value.missing] : []));
    expect(missing.sort()).toEqual([1, 2, 3, 4]);
    expect(await say("eve", false)).toEqual({ node: "b/ask", missing: 0 });
  });

  it("leaves it to a check of the user's own what it makes of answers", async () => {
    const own: Check<unknown> = {
      kind: "own",
      spec: null,
      judge: (_subject, _spec, { decisions }) =>
        decisions.length > 1
          ? { outcome: "passed", figures: [], summary: "twice is enough" }
          : { outcome: "suspended", summary: "say it twice" },
    };
    const { pipe, cwd, say } = await suspended(own);
    await say("ada");
    await say("ada");
    expect((await run(pipe, { cwd, run: "r1", resume: {} })).state).toBe("passed");
  });

  it.each([
    [{ approved: "yes", by: "ada" }],
    [{ approved: true, by: 7 }],
    [{ approved: true, by: " \u0000 " }],
    [{ approved: true, by: "ada", reason: {} }],
  ])("refuses %j", async (answer) => {
    const { pipe, cwd } = await suspended(approval());
    await expect(decide(pipe, "r1", "ask", answer as never, { cwd })).rejects.toMatchObject({
      code: "USAGE",
    });
  });
});

describe("the time to answer", () => {
  it("counts from the first question, also where the process died before it went without an answer", async () => {
    const { cwd } = await suspended(approval());
    const recorded = await new FileRunStore(join(cwd, ".sluice")).read("r1");
    const asked = recorded.events.find((event) => event.type === "gate.waiting");
    const died = recorded.events.filter((event) => !/suspended|finished/.test(event.type));
    expect(historyOf({ ...recorded, events: died }).waitingSince).toEqual(new Map([["b/ask", asked?.at]]));
  });
});

describe("rerun, from a program", () => {
  it("refuses what it takes from the earlier run, and the id of a run that is there", async () => {
    const { pipe, cwd } = await suspended(approval());
    const rerun = { of: "r1" };
    for (const more of [{ only: ["a"] }, { from: "a/make" }, { run: "r1" }]) {
      await expect(run(pipe, { cwd, rerun, ...more })).rejects.toMatchObject({ code: "USAGE" });
    }
    await expect(run(pipe, { cwd, rerun, params: { n: 1 } })).rejects.toMatchObject({
      code: "USAGE",
    });
    expect(await run(pipe, { cwd, rerun, run: "r2" })).toMatchObject({ run: "r2", state: "suspended" });
  });
});
