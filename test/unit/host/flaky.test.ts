import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flakyHistory, pipeline, type FlakyOptions } from "../../../src/index.ts";
import { SUMMARY_VERSION, type NodeSummary, type RunSummary } from "../../../src/model/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { shortName, testToken } from "../../../src/util/test-token.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const pipe = pipeline({ name: "shop" }, () => undefined);
const DAY = 86_400_000;
const NOW = Date.now();

const node = (state: NodeSummary["state"], attempts = 1): NodeSummary => ({ state, attempts, duration: 1 });
const good = node("succeeded");
const bad = node("failed");

/** A gate's tests: `+` before a name is a pass, `-` a failure, `~` a pass at a second try. */
function tests(state: NodeSummary["state"], ...marked: string[]): NodeSummary {
  const of = (mark: string): string[] =>
    marked.filter((one) => one.startsWith(mark)).map((one) => one.slice(1));
  const passed = of("+").map(testToken).sort().join("");
  return { ...node(state), tests: { passed, failed: of("-"), flaky: of("~") } };
}

/** A store with one summary for each set of nodes, the first the oldest, an hour apart. */
class Runs {
  readonly cwd = tempFolder();
  #count = 0;

  async add(nodes: Record<string, NodeSummary>, overrides: Partial<RunSummary> = {}): Promise<this> {
    const run = `r${String(++this.#count).padStart(3, "0")}`;
    const state = Object.values(nodes).some((one) => one.state === "failed") ? "failed" : "passed";
    await new FileRunStore(join(this.cwd, ".sluice")).summaries.put({
      version: SUMMARY_VERSION,
      run,
      pipeline: "shop",
      fingerprint: "sha256:1",
      commit: "c1",
      branch: "main",
      dirty: false,
      state,
      reason: "",
      startedAt: NOW - DAY + this.#count * 3_600_000,
      duration: 1,
      nodes,
      ...overrides,
    });
    return this;
  }

  history(options: FlakyOptions = {}): ReturnType<typeof flakyHistory> {
    return flakyHistory(pipe, { cwd: this.cwd, ...options });
  }

  async names(options: FlakyOptions = {}): Promise<string[]> {
    return (await this.history(options)).flaky.map((one) => one.test ?? one.node);
  }
}

describe("a job is flaky", () => {
  it("that passed and failed on one commit, with how often, where, and which run to look at", async () => {
    const runs = new Runs();
    for (const unit of [good, bad, good, bad, good]) await runs.add({ unit, lint: good });
    await runs.add({ unit: bad, lint: good }, { commit: "c2" });
    await runs.add({ unit: good, lint: good }, { commit: "c2" });
    const { flaky, runs: count, comparable } = await runs.history();
    expect([count, comparable]).toEqual([7, 7]);
    expect(flaky).toEqual([
      {
        kind: "node",
        node: "unit",
        runs: 7,
        failed: 3,
        retried: 0,
        cost: 3,
        commits: 2,
        rate: 3 / 7,
        lastRun: "r006",
        lastAt: NOW - DAY + 6 * 3_600_000,
      },
    ]);
  });

  it("that passed only on a retry, whatever the work tree was: both tries saw the same", async () => {
    const runs = new Runs();
    await runs.add({ unit: node("succeeded", 3) }, { dirty: true });
    await runs.add({ unit: good }, { dirty: null, commit: null });
    expect((await runs.history()).flaky).toMatchObject([
      { node: "unit", runs: 2, failed: 0, retried: 1, cost: 0, commits: 1, rate: 0.5, lastRun: "r001" },
    ]);
  });
});

describe("a job is not flaky", () => {
  it.each<[string, readonly Partial<RunSummary>[]]>([
    ["on different commits", [{ commit: "c1" }, { commit: "c2" }]],
    ["with other params or another definition", [{ fingerprint: "sha256:1" }, { fingerprint: "sha256:2" }]],
    ["where one work tree had changes", [{ dirty: true }, {}]],
    ["where both had", [{ dirty: true }, { dirty: true }]],
    ["where it is not known whether one had", [{}, { dirty: null }]],
    [
      "outside a checkout",
      [
        { commit: null, dirty: null },
        { commit: null, dirty: null },
      ],
    ],
    ["in another pipeline", [{ pipeline: "other" }, {}]],
    ["longer ago than is asked for", [{ startedAt: NOW - 31 * DAY }, {}]],
  ])("that failed and passed %s", async (_where, [first, second]) => {
    const runs = new Runs();
    await runs.add({ unit: bad }, first);
    await runs.add({ unit: good }, second);
    expect(await runs.names()).toEqual([]);
  });

  it("that always fails, or was cancelled", async () => {
    const runs = new Runs();
    await runs.add({ unit: bad, lint: good });
    await runs.add({ unit: bad, lint: node("cancelled", 2) });
    expect(await runs.names()).toEqual([]);
  });

  it("for its failures on commits on which it never passed", async () => {
    const runs = new Runs();
    for (const unit of [good, bad, good, good]) await runs.add({ unit });
    for (let i = 0; i < 5; i++) await runs.add({ unit: bad }, { commit: "broken" });
    expect((await runs.history()).flaky).toMatchObject([{ runs: 4, failed: 1, rate: 0.25, lastRun: "r002" }]);
  });
});

describe("a test is flaky", () => {
  it("that passed and failed on one commit, or within one report", async () => {
    const runs = new Runs();
    await runs.add({ judge: tests("succeeded", "+steady", "+shaky", "~again", "+broken here") });
    await runs.add({ judge: tests("failed", "+steady", "-shaky", "+again") });
    await runs.add({ judge: tests("failed", "+steady", "-broken here") }, { commit: "c2" });
    const { flaky } = await runs.history();
    expect(flaky).toMatchObject([
      { kind: "node", node: "judge", cost: 1 },
      { kind: "test", node: "judge", test: "shaky", runs: 2, failed: 1, cost: 1, lastRun: "r002" },
      { kind: "test", node: "judge", test: "again", runs: 2, retried: 1, cost: 0, lastRun: "r001" },
    ]);
    expect(flaky).toHaveLength(3);
  });

  it("in one gate and not in another of the same name, and skipped runs count for nothing", async () => {
    const runs = new Runs();
    await runs.add({ a: tests("succeeded", "+t"), b: tests("succeeded", "-t") });
    await runs.add({ a: tests("succeeded", "-t"), b: tests("succeeded", "-t") });
    await runs.add({ a: tests("succeeded"), b: tests("succeeded", "-t") });
    expect((await runs.history()).flaky).toMatchObject([
      { node: "a", test: "t", runs: 2, failed: 1, cost: 0 },
    ]);
  });

  it("not for having failed with a thousand others, whose names were not kept", async () => {
    const runs = new Runs();
    await runs.add({ judge: tests("succeeded", "+t", "+u") });
    await runs.add({ judge: tests("succeeded", `-${shortName("t")}`, `-${shortName("u")}`) });
    expect(await runs.names()).toEqual([]);
    await runs.add({ judge: tests("succeeded", "-t", "+u") });
    expect((await runs.history()).flaky).toMatchObject([{ test: "t", runs: 3, failed: 2 }]);
  });
});

describe("the list", () => {
  it("has first what cost runs, then what was seen most", async () => {
    const runs = new Runs();
    const again = node("succeeded", 2);
    await runs.add({ often: again, costly: good, most: good, rare: again });
    await runs.add({ often: again, costly: bad, most: bad, rare: good });
    await runs.add({ often: again, costly: good, most: bad, rare: good });
    expect(await runs.names()).toEqual(["most", "costly", "often", "rare"]);
    expect(await runs.names({ minRuns: 3 })).toHaveLength(4);
    expect(await runs.names({ minRuns: 4 })).toEqual([]);
  });

  it("goes back as far as it is told to", async () => {
    const runs = new Runs();
    await runs.add({ unit: bad }, { startedAt: NOW - 60 * DAY });
    await runs.add({ unit: good });
    expect(await runs.names({ since: "61d" })).toEqual(["unit"]);
    expect(await runs.names({ since: "59d" })).toEqual([]);
  });

  it("leaves out what cannot be read, and says so", async () => {
    const runs = new Runs();
    await runs.add({ unit: bad });
    await runs.add({ unit: good });
    const folder = join(runs.cwd, ".sluice/history");
    writeFileSync(join(folder, "r9.json"), '{"version":1,"no');
    writeFileSync(join(folder, "r8.json"), '{"version":7,"nodes":{}}');
    writeFileSync(join(folder, "r7.json"), "null");
    writeFileSync(join(folder, "r6.json.abc.tmp"), "half");
    const { flaky, faults } = await runs.history();
    expect(flaky).toHaveLength(1);
    expect(faults).toHaveLength(3);
    expect(faults.join("\n")).toMatch(
      /r9\.json cannot be read[^]*r8\.json was written by another version[^]*r7\.json/,
    );
  });

  it.each([[{ since: "soon" }], [{ since: 0 }], [{ minRuns: 0 }], [{ minRuns: 1.5 }]])(
    "refuses %j",
    async (options) => {
      await expect(new Runs().history(options)).rejects.toMatchObject({ code: "USAGE" });
    },
  );
});
