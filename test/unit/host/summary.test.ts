import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { junit } from "../../../src/gates/index.ts";
import { approval, decide, pipeline, run, type Pipeline, type RunOptions } from "../../../src/index.ts";
import type { RunSummary } from "../../../src/model/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { testToken } from "../../../src/util/test-token.ts";
import { Checkout } from "../../fixtures/checkout.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

async function summariesOf(root: string): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  for await (const one of new FileRunStore(join(root, ".sluice")).summaries.read()) found.push(one);
  return found;
}

async function summaryOf(root: string, id: string): Promise<RunSummary> {
  const found = (await summariesOf(root)).find((one) => one.run === id);
  if (found === undefined) throw new Error(`no summary of ${id}`);
  return found;
}

/** Jobs that fail where a file of their name says so. */
function steps(names: readonly string[], failing: Set<string>): Pipeline {
  return pipeline({ name: "steps" }, (p) => {
    for (const name of names) {
      p.stage(`s-${name}`).job(name, () => {
        if (failing.has(name)) throw new Error("not today");
      });
    }
  });
}

const quiet = (cwd: string, id: string): Pick<RunOptions, "cwd" | "run" | "env"> => ({
  cwd,
  run: id,
  env: { PATH: process.env["PATH"] },
});

describe("the summary of a run", () => {
  it("says what was run, how it ended, and how each node did that ran", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const result = await run(steps(["a", "b", "c"], failing), quiet(checkout.root, "r1"));
    expect(await summaryOf(checkout.root, "r1")).toEqual({
      version: 1,
      run: "r1",
      pipeline: "steps",
      fingerprint: expect.stringMatching(/^sha256:/) as string,
      commit: checkout.git("rev-parse", "HEAD"),
      branch: "main",
      dirty: false,
      state: "failed",
      reason: result.reason,
      startedAt: result.startedAt,
      duration: result.duration,
      nodes: {
        "s-a/a": { state: "succeeded", attempts: 1, duration: expect.any(Number) as number },
        "s-b/b": { state: "failed", attempts: 1, duration: expect.any(Number) as number, code: "JOB_THREW" },
      },
    });
  });

  it("says that the work tree had changes, or that it is not known", async () => {
    const checkout = new Checkout(tempFolder());
    checkout.write("new.txt", "1");
    await run(steps(["a"], new Set()), quiet(checkout.root, "r1"));
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({ dirty: true });
    const outside = tempFolder();
    await run(steps(["a"], new Set()), quiet(outside, "r1"));
    expect(await summaryOf(outside, "r1")).toMatchObject({ dirty: null, commit: null, branch: null });
  });

  it("is kept of a run that was cancelled, in which what was ended says nothing bad of itself", async () => {
    const root = tempFolder();
    const pipe = pipeline({ name: "long" }, (p) => {
      p.stage("a").job("wait", async ({ signal }) => {
        await new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reject(new Error("ended"));
          });
          running.cancel("enough");
        });
      });
    });
    const running = run(pipe, quiet(root, "r1"));
    await running;
    expect(await summaryOf(root, "r1")).toMatchObject({
      state: "cancelled",
      nodes: { "a/wait": { state: "cancelled", attempts: 1 } },
    });
  });

  it("is replaced when the run goes on: a failure before it is an attempt with the same code", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const pipe = steps(["a", "b"], failing);
    await run(pipe, quiet(checkout.root, "r1"));
    failing.clear();
    await run(pipe, { ...quiet(checkout.root, "r1"), resume: {} });
    expect(await summariesOf(checkout.root)).toHaveLength(1);
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({
      state: "passed",
      dirty: false,
      nodes: { "s-a/a": { state: "succeeded", attempts: 1 }, "s-b/b": { state: "succeeded", attempts: 2 } },
    });
  });

  it("does not take a failure for an attempt where the files were changed in between", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const pipe = steps(["a", "b"], failing);
    await run(pipe, quiet(checkout.root, "r1"));
    failing.clear();
    checkout.write("mended.txt", "1");
    await run(pipe, { ...quiet(checkout.root, "r1"), resume: {} });
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({
      dirty: true,
      nodes: { "s-a/a": {}, "s-b/b": { state: "succeeded", attempts: 1 } },
    });
  });

  it("leaves out what was found out with another commit", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const pipe = steps(["a", "b"], failing);
    await run(pipe, quiet(checkout.root, "r1"));
    failing.clear();
    checkout.write("mended.txt", "1");
    const commit = checkout.commit();
    await run(pipe, { ...quiet(checkout.root, "r1"), resume: { accept: true } });
    const summary = await summaryOf(checkout.root, "r1");
    expect(summary).toMatchObject({ commit, dirty: false, nodes: { "s-b/b": { attempts: 1 } } });
    expect(Object.keys(summary.nodes)).toEqual(["s-b/b"]);
  });

  it("does not know the work tree where an earlier process of the run did not come to say it", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const pipe = steps(["a", "b"], failing);
    await run(pipe, quiet(checkout.root, "r1"));
    // As where it was killed after the end was on record.
    rmSync(join(checkout.root, ".sluice/history"), { recursive: true });
    failing.clear();
    await run(pipe, { ...quiet(checkout.root, "r1"), resume: {} });
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({
      dirty: null,
      nodes: { "s-b/b": { attempts: 1 } },
    });
  });

  it("leaves out what was taken over from another run, and gates that people decide at", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["last"]);
    const pipe = pipeline({ name: "asked" }, (p) => {
      const made = p.stage("a").job("make", () => 1);
      const asked = p.stage("b").gate("approval", made, approval());
      p.stage("c").job("last", {
        needs: { asked },
        run: () => {
          if (failing.has("last")) throw new Error("not today");
        },
      });
    });
    expect((await run(pipe, quiet(checkout.root, "r1"))).state).toBe("suspended");
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({
      state: "suspended",
      nodes: { "a/make": {} },
    });
    await decide(pipe, "r1", "approval", { approved: true, by: "ada" }, { cwd: checkout.root });
    await run(pipe, { ...quiet(checkout.root, "r1"), resume: {} });
    expect(Object.keys((await summaryOf(checkout.root, "r1")).nodes)).toEqual(["a/make", "c/last"]);
    failing.clear();
    const again = await run(pipe, { ...quiet(checkout.root, "r2"), rerun: { of: "r1", failed: true } });
    expect(again.state).toBe("passed");
    expect(Object.keys((await summaryOf(checkout.root, "r2")).nodes)).toEqual(["c/last"]);
  });

  it("brings together what processes that share a run have found out", async () => {
    const checkout = new Checkout(tempFolder());
    const failing = new Set(["b"]);
    const pipe = steps(["a", "b", "c"], failing);
    await run(pipe, { ...quiet(checkout.root, "r1"), only: ["a"] });
    await run(pipe, { ...quiet(checkout.root, "r1"), only: ["b"] });
    await run(pipe, { ...quiet(checkout.root, "r1"), only: ["c"] });
    expect(await summaryOf(checkout.root, "r1")).toMatchObject({
      state: "failed",
      dirty: false,
      nodes: {
        "s-a/a": { state: "succeeded" },
        "s-b/b": { state: "failed" },
        "s-c/c": { state: "succeeded" },
      },
    });
  });

  it("has the tests that gates reported, those that failed by name", async () => {
    const root = tempFolder();
    const pipe = pipeline({ name: "tested" }, (p) => {
      const unit = p.stage("a").job("unit", () => {
        const cases = `<testcase name="good" classname="C"/><testcase name="bad" classname="C"><failure/></testcase>`;
        writeFileSync(join(root, "r.xml"), `<testsuite name="s">${cases}</testsuite>`);
      });
      p.stage("b").gate("tests", unit, junit({ report: "r.xml" }));
    });
    await run(pipe, quiet(root, "r1"));
    expect((await summaryOf(root, "r1")).nodes["b/tests"]).toMatchObject({
      state: "failed",
      code: "GATE_FAILED",
      tests: { passed: testToken("C > good"), failed: ["C > bad"], flaky: [] },
    });
  });

  it("fails no run where it cannot be kept", async () => {
    const root = tempFolder();
    mkdirSync(join(root, ".sluice"));
    // A file where a folder should be: permissions do not hold for everyone who runs tests.
    writeFileSync(join(root, ".sluice/history"), "");
    const seen: string[] = [];
    const reporters = [
      {
        event: (event: { type: string; message?: string }) =>
          void seen.push(`${event.type} ${event.message ?? ""}`),
      },
    ];
    const result = await run(steps(["a"], new Set()), { ...quiet(root, "r1"), reporters });
    expect(result.state).toBe("passed");
    expect(seen.filter((one) => one.startsWith("warning")).join("\n")).toContain("could not be kept");
    expect(readdirSync(join(root, ".sluice/runs"))).toContain("r1");
  });
});
