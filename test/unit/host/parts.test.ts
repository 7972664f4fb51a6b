import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { historyOf } from "../../../src/host/history.ts";
import {
  approval,
  decide,
  pipeline,
  run,
  sh,
  when,
  type Pipeline,
  type RunEvent,
  type RunOptions,
} from "../../../src/index.ts";
import type { RecordedRun, RunGlance } from "../../../src/ports/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** Jobs one after the other, and which of them fail. */
class Steps {
  readonly cwd = tempFolder();
  readonly failing = new Set<string>();
  readonly ran: string[] = [];
  readonly pipe: Pipeline;

  constructor(names: readonly string[], gate?: string) {
    this.pipe = pipeline({ name: "steps" }, (p) => {
      for (const name of names) {
        const stage = p.stage(`s-${name}`);
        const job = stage.job(name, () => {
          this.ran.push(name);
          if (this.failing.has(name)) throw new Error("not today");
          return name;
        });
        if (name === gate) stage.gate("ask", job, approval());
      }
    });
  }

  async run(options: RunOptions = {}): Promise<string> {
    return (await run(this.pipe, { cwd: this.cwd, run: "r1", ...options })).state;
  }

  get store(): FileRunStore {
    return new FileRunStore(join(this.cwd, ".sluice"));
  }

  async stands(id = "r1"): Promise<Pick<RunGlance, "state" | "reason">> {
    const { state, reason } = await this.store.glance(id);
    expect(historyOf(await this.store.read(id))).toMatchObject({ state, reason });
    return { state, reason };
  }
}

describe("a part of a run that is there", () => {
  it("leaves a suspended run suspended: it can be approved and gone on with", async () => {
    const steps = new Steps(["lint", "make"], "make");
    expect(await steps.run()).toBe("suspended");
    expect(await steps.run({ only: ["lint"] })).toBe("passed");
    expect(await steps.stands()).toMatchObject({ state: "suspended" });
    await decide(steps.pipe, "r1", "ask", { approved: true, by: "ada" }, { cwd: steps.cwd });
    expect(await steps.run({ resume: {} })).toBe("passed");
    expect(await steps.stands()).toMatchObject({ state: "passed" });
  });

  it("leaves a failed run failed, or open where what had failed has passed since", async () => {
    const steps = new Steps(["a", "b", "c"]);
    steps.failing.add("b");
    await steps.run();
    expect(await steps.run({ only: ["a"] })).toBe("passed");
    expect(await steps.stands()).toEqual({ state: "failed", reason: "s-b/b failed: not today" });
    steps.failing.clear();
    expect(await steps.run({ only: ["b"] })).toBe("passed");
    expect(await steps.stands()).toEqual({ state: "interrupted", reason: "1 of 3 nodes are still to run" });
    steps.ran.length = 0;
    expect(await steps.run({ resume: {} })).toBe("passed");
    expect(steps.ran).toEqual(["c"]);
  });

  it("that is all that was left makes the run pass", async () => {
    const steps = new Steps(["a", "b", "c"]);
    steps.failing.add("b");
    await steps.run();
    steps.failing.clear();
    expect(await steps.run({ from: "b" })).toBe("passed");
    expect(await steps.stands()).toMatchObject({ state: "passed" });
    await expect(steps.run({ resume: {} })).rejects.toMatchObject({ code: "RUN_OVER" });
  });

  it("that fails makes a run fail that had passed", async () => {
    const steps = new Steps(["a", "b"]);
    await steps.run();
    steps.failing.add("a");
    await steps.run({ only: ["a"] });
    expect(await steps.stands()).toMatchObject({ state: "failed" });
  });

  it("says that it is one, at its beginning and its end", async () => {
    const steps = new Steps(["a"]);
    await steps.run({ only: ["a"] });
    const { events } = await steps.store.read("r1");
    const marks = events.filter(({ type }) => type.startsWith("run."));
    expect(marks).toMatchObject([
      { type: "run.started", partial: true },
      { type: "run.finished", partial: true, owner: { pid: process.pid } },
    ]);
  });
});

describe("a run of which processes run parts", () => {
  it("is open until all of it has ended, and then has passed or failed", async () => {
    const steps = new Steps(["a", "b", "c"]);
    await steps.run({ only: ["a"] });
    expect(await steps.stands()).toEqual({ state: "interrupted", reason: "2 of 3 nodes are still to run" });
    await Promise.all([steps.run({ only: ["b"] }), steps.run({ only: ["c"] })]);
    expect(await steps.stands()).toMatchObject({ state: "passed" });
    steps.failing.add("c");
    await steps.run({ only: ["c"] });
    expect(await steps.stands()).toMatchObject({ state: "failed" });
  });

  it("counts what a condition leaves out as done, and not what waited for something that has passed since", async () => {
    const { cwd } = new Steps([]);
    let failing = true;
    const pipe = pipeline({ name: "skips" }, (p) => {
      const flag = p.stage("a").job("flag", () => false);
      p.stage("b").job("never", () => 1, { when: when(flag) });
      const made = p.stage("c").job("make", () => {
        if (failing) throw new Error("no");
        return 1;
      });
      p.stage("d").job("use", { needs: { made }, run: ({ made: value }) => value });
    });
    const options = { cwd, run: "r1" };
    const store = new FileRunStore(join(cwd, ".sluice"));
    await run(pipe, options);
    failing = false;
    await run(pipe, { ...options, only: ["make"] });
    expect(await store.glance("r1")).toMatchObject({ state: "interrupted" });
    await run(pipe, { ...options, only: ["use"] });
    expect(await store.glance("r1")).toMatchObject({ state: "passed" });
  });

  it("keeps what a rollout told of another node, and forgets what was told of its own", () => {
    const aborting = (node: string): RunEvent => ({
      type: "rollout.aborting",
      at: 1,
      node,
      target: "t",
      reason: "bad",
      refused: true,
    });
    const part = (node: string, ...told: RunEvent[]): RunEvent[] => [
      { ...BEGAN, partial: true },
      { type: "node.started", at: 1, node, attempt: 1 },
      ...told,
      { type: "run.finished", at: 2, state: "failed", duration: 1, reason: "it failed", partial: true },
    ];
    const events = [BEGAN, aborting("s/api"), ...part("s/lint"), ...part("s/web", aborting("s/web"))];
    expect([...historyOf({ ...NOTHING, events }).rollouts.keys()]).toEqual(["s/api"]);
  });
});

describe("a part by itself, without a run to join", () => {
  it("is a run of its own, with what it needs taken over from the newest that has it", async () => {
    const { cwd } = new Steps([]);
    const ran: string[] = [];
    const pipe = pipeline({ name: "own" }, (p) => {
      const made = p.stage("a").job("make", sh`echo made`.text());
      p.stage("b").job("lint", () => void ran.push("lint"));
      p.stage("c").job("use", { needs: { made }, run: ({ made: value }) => void ran.push(`use ${value}`) });
      p.stage("d").job("ship", () => void ran.push("ship"));
    });
    const store = new FileRunStore(join(cwd, ".sluice"));
    const first = await run(pipe, { cwd });
    const before = await store.read(first.run);
    ran.length = 0;
    const second = await run(pipe, { cwd, only: ["lint"] });
    const third = run(pipe, { cwd, only: ["use"] });
    expect((await third).run).toBe(third.id);
    expect(ran).toEqual(["lint", "use made"]);
    expect(new Set([first.run, second.run, third.id]).size).toBe(3);
    expect(await store.read(first.run)).toMatchObject({ events: before.events });
    const recorded = await store.read(third.id);
    expect(recorded.outputs.get("a/make")).toBe("made");
    expect(recorded.outputs.has("b/lint")).toBe(false);
    expect(await store.glance(third.id)).toMatchObject({ state: "passed" });
  });

  it("is gone on with as what was asked for, and no more", async () => {
    const steps = new Steps(["a", "b", "c"]);
    steps.failing.add("a");
    const { run: id } = await run(steps.pipe, { cwd: steps.cwd, only: ["a"] });
    steps.failing.clear();
    steps.ran.length = 0;
    expect(await steps.run({ run: id, resume: {} })).toBe("passed");
    expect(steps.ran).toEqual(["a"]);
    expect(await steps.stands(id)).toMatchObject({ state: "passed" });
  });
});

const BEGAN = {
  type: "run.started",
  at: 0,
  run: "r1",
  pipeline: "steps",
  fingerprint: "sha256:0",
  params: {},
  nodes: 1,
  commit: null,
  branch: null,
} as const;

const NOTHING = {
  run: "r1",
  plan: { pipeline: "steps", nodes: [] } as unknown as RecordedRun["plan"],
  outputs: new Map<string, never>(),
  artifacts: new Map<string, never>(),
  owner: undefined,
};
