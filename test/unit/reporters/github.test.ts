import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { RunEvent } from "../../../src/model/index.ts";
import { github } from "../../../src/reporters/github.ts";
import { failedRun, passedRun, planOf, suspendedRun } from "../../fixtures/events.ts";
import { runnerView } from "./github/runner.ts";
import { Collected, golden, scratch, tell, visible } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Tokens differ from group to group: here they are counted. */
function counted(output: string): string {
  const tokens = new Map<string, string>();
  return output.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (token) => {
    if (!tokens.has(token)) tokens.set(token, `token-${String(tokens.size + 1)}`);
    return tokens.get(token) ?? "";
  });
}

test.each([
  ["failed", failedRun()],
  ["passed", passedRun()],
  ["suspended", suspendedRun()],
])("a run that ended %s", async (name, run) => {
  const out = new Collected();
  await tell(github({ out, color: false, env: { GITHUB_WORKSPACE: "/work" } }), run);
  await expect(visible(counted(out.text()))).toMatchFileSnapshot(golden(`github-${name}.txt`));
});

test("logs look the same without log files", async () => {
  const [withFiles, without] = [new Collected(), new Collected()];
  await tell(github({ out: withFiles, color: false, env: {} }), failedRun());
  await tell(github({ out: without, color: false, env: {} }), failedRun(), { files: false });
  expect(counted(without.text())).toBe(counted(withFiles.text()));
});

test("the runner obeys our commands and none of the jobs'", async () => {
  const out = new Collected();
  await tell(github({ out, env: { GITHUB_WORKSPACE: "/work/app" } }), failedRun());
  const view = runnerView(out.text());
  expect([...new Set(view.commands.map(({ name }) => name))].sort()).toEqual([
    "endgroup",
    "error",
    "group",
    "notice",
    "warning",
  ]);
  expect(view).toMatchObject({ depth: 1, openAtEnd: 0, stoppedAtEnd: false });
  expect(view.commands.filter(({ name }) => name === "error").map(({ properties }) => properties)).toEqual([
    "file=pipeline.ts,line=31,col=20,title=smoke/http failed (COMMAND_FAILED)",
    "file=pipeline.ts,line=25,col=3,title=production/eu failed (ROLLOUT_HELD)",
    "file=pipeline.ts,line=24,col=3,title=production/api failed (ROLLED_BACK)",
  ]);
});

test("texts of events are no commands, whatever is in them", async () => {
  const evil = "x\r\n::add-mask::a\n##[add-mask]b\r::endgroup::";
  const plan = planOf("p", [["verify", [], ["unit", "lint"]]]);
  const failure = { code: "COMMAND_FAILED", message: evil, hint: evil, class: "exit" } as const;
  const events: RunEvent[] = [
    { type: "node.skipped", at: 1, node: "verify/unit", reason: { kind: "condition", text: evil } },
    { type: "warning", at: 2, message: evil },
    { type: "node.failed", at: 3, node: "verify/lint", attempt: 1, duration: 1, failure },
    { type: "run.finished", at: 4, state: "failed", duration: 4, reason: evil },
  ];
  const result = {
    run: "r",
    pipeline: "p",
    state: "failed",
    reason: evil,
    startedAt: 0,
    duration: 4,
    nodes: new Map(),
  } as const;
  const out = new Collected();
  await tell(github({ out, env: {} }), { plan, events, result });
  const names = runnerView(out.text()).commands.map(({ name }) => name);
  expect(names).toEqual(["warning", "error"]);
});

test("a definition outside the repository is named without a file", async () => {
  const out = new Collected();
  await tell(github({ out, env: { GITHUB_WORKSPACE: "/elsewhere" } }), failedRun());
  const errors = runnerView(out.text()).commands.filter(({ name }) => name === "error");
  expect(errors.map(({ properties }) => properties)).toContain("title=production/api failed (ROLLED_BACK)");
});

test("what is still running is said once a minute, until the end", async () => {
  vi.useFakeTimers();
  const out = new Collected();
  const run = passedRun();
  const reporter = github({ out, color: false, env: {} });
  reporter.start?.({ run: "r", plan: run.plan, root: "/" });
  vi.advanceTimersByTime(60_000);
  expect(out.text()).toBe("");
  await reporter.event({ type: "node.started", at: Date.now(), node: "verify/links", attempt: 1 });
  vi.advanceTimersByTime(90_000);
  expect(out.text()).toBe("verify/links started\nstill running: verify/links (1m 00s)\n");
  await reporter.finish?.(run.result);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["failed", failedRun()],
  ["passed", passedRun()],
])("the summary of a run that ended %s", async (name, run) => {
  await using folder = await scratch();
  const file = path.join(folder.path, "summary.md");
  await writeFile(file, "# before\n");
  await tell(
    github({ out: new Collected(), env: { GITHUB_STEP_SUMMARY: file }, command: "npx tsx pipeline.ts" }),
    run,
  );
  const summary = await readFile(file, "utf8");
  expect(summary.startsWith("# before\n")).toBe(true);
  await expect(summary).toMatchFileSnapshot(golden(`github-summary-${name}.md`));
});

test("a summary never grows over the host's limit", async () => {
  await using folder = await scratch();
  const file = path.join(folder.path, "summary.md");
  const limit = 1024 * 1024;
  const summaryAfter = async (used: number): Promise<string> => {
    await writeFile(file, "x".repeat(used));
    const out = new Collected();
    await tell(github({ out, env: { GITHUB_STEP_SUMMARY: file } }), failedRun());
    const written = (await readFile(file)).subarray(used);
    expect(used + written.length).toBeLessThanOrEqual(limit);
    return written.toString("utf8") + out.text();
  };
  expect(await summaryAfter(limit - 10_000)).toContain("| verify/lint |");
  const shorter = await summaryAfter(limit - 2_500);
  expect(shorter).not.toContain("| verify/lint |");
  expect(shorter).toContain("| smoke/http |");
  expect(shorter).toContain("The rest is left out");
  expect(await summaryAfter(limit - 400)).not.toContain("| smoke/http |");
  expect(await summaryAfter(limit - 20)).toContain("::warning title=The step summary was not written::");
});

test("a summary that cannot be written is a warning", async () => {
  await using folder = await scratch();
  const out = new Collected();
  const file = path.join(folder.path, "missing", "summary.md");
  await tell(github({ out, env: { GITHUB_STEP_SUMMARY: file } }), passedRun());
  expect(out.text()).toContain("::warning title=The step summary was not written::ENOENT");
});

test("the log of a job that ran twice is one group", async () => {
  await using folder = await scratch();
  await appendFile(path.join(folder.path, "verify~unit.log"), "first\nsecond\n");
  const plan = planOf("p", [["verify", [], ["unit"]]]);
  const out = new Collected();
  const reporter = github({ out, color: false, env: {} });
  reporter.start?.({ run: "r", plan, root: "/", logs: folder.path });
  const chunk = Buffer.from("first\n");
  await reporter.event({ type: "node.log", at: 1, node: "verify/unit", stream: "stdout", chunk });
  const failure = { code: "COMMAND_FAILED", message: "no", class: "exit" } as const;
  await reporter.event({ type: "node.retrying", at: 2, node: "verify/unit", attempt: 1, delay: 1, failure });
  await reporter.event({
    type: "node.succeeded",
    at: 3,
    node: "verify/unit",
    attempt: 2,
    duration: 1,
    flaky: true,
  });
  await reporter.finish?.({
    run: "r",
    pipeline: "p",
    state: "passed",
    reason: "",
    startedAt: 0,
    duration: 3,
    nodes: new Map(),
  });
  expect(out.text().match(/^::group::/gm)).toHaveLength(1);
  expect(out.text()).toContain("\nfirst\nsecond\n");
});
