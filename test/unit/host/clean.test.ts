import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { rolling, service } from "../../../src/deploy/index.ts";
import { cleanRuns, pipeline, planOf, sh, artifact, type CleanOptions } from "../../../src/index.ts";
import type {
  Pipeline,
  RevisionStatus,
  RunEvent,
  RunState,
  Target,
  TargetStatus,
} from "../../../src/index.ts";
import { SluiceError } from "../../../src/errors/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { local } from "../../../src/targets/local/index.ts";
import { emptyState, writeState } from "../../../src/targets/local/state/target-state.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const DAY = 86_400_000;

/** A place somewhere else, of which is known what it answers. */
function place(name: string, answer: () => Partial<TargetStatus>): Target {
  const nothing = {
    target: name,
    url: undefined,
    stable: undefined,
    candidate: undefined,
    weight: 0,
    history: [],
  };
  const never = (): Promise<never> => Promise.reject(new Error("not in this test"));
  return {
    kind: "place",
    name,
    spec: { refs: [], json: null },
    requires: [],
    connect: never,
    rollback: never,
    status: () => Promise.resolve().then(() => ({ ...nothing, ...answer() })),
  };
}

const revision = (run: string, state: RevisionStatus["state"]): RevisionStatus => ({
  revision: 1,
  digest: "sha256:0",
  createdAt: 1,
  run,
  ready: 1,
  state,
});

const shop = (answers: Readonly<Record<string, () => Partial<TargetStatus>>> = {}, names = ["near", "far"]) =>
  pipeline(
    { name: "shop", params: { to: z.enum(["near", "far", "laptop"]).default("near") } },
    (p, { params }) => {
      const built = p.stage("build").job("bundle", sh`true`, { artifacts: { bundle: "out/*" } });
      const targets = [
        local({ name: "laptop" }),
        ...names.map((name) => place(name, answers[name] ?? (() => ({})))),
      ];
      const to = targets.find((one) => one.name === params.to);
      if (to !== undefined)
        p.stage("release").deploy("shop", {
          to,
          app: service({ artifact: artifact(built, "bundle"), command: ["true"] }),
          strategy: rolling(),
        });
    },
  );

interface Made {
  readonly days: number;
  readonly state?: RunState | "interrupted" | "running";
  readonly to?: "near" | "far" | "laptop";
  readonly file?: string;
  readonly pipe?: ReturnType<typeof shop>;
  /** Another pipeline and its params, of which `release/shop` has run. */
  readonly deploys?: { readonly pipe: Pipeline; readonly params: Readonly<Record<string, string>> };
}

class State {
  readonly cwd = tempFolder();
  readonly dir = join(this.cwd, ".sluice");
  readonly store = new FileRunStore(this.dir);

  /** Records a run that ended `days` ago; one that names a target has deployed there. */
  async run(id: string, { days, state = "passed", to, file, pipe = shop(), deploys }: Made): Promise<void> {
    const at = Date.now() - days * DAY;
    const plan =
      deploys === undefined
        ? planOf(pipe, { params: { to: to ?? "near" }, cwd: this.cwd })
        : planOf(deploys.pipe, { params: deploys.params, cwd: this.cwd });
    const recorder = await this.store.create(id, plan);
    const owner =
      state === "running"
        ? { pid: 1, start: "x", machine: "another machine" }
        : {
            pid: 1,
            start: "gone",
            machine: (await import("../../../src/stores/_shared/owner.ts")).ownOwner().machine,
          };
    const events: RunEvent[] = [
      {
        type: "run.started",
        at,
        run: id,
        pipeline: plan.pipeline,
        fingerprint: "",
        params: {},
        nodes: 2,
        commit: null,
        branch: null,
        owner,
      },
    ];
    if (file !== undefined) {
      writeFileSync(join(this.cwd, "file"), file);
      const stored = await this.store.artifacts.save("bundle", ["file"], this.cwd);
      events.push({
        type: "node.succeeded",
        at,
        node: "build/bundle",
        attempt: 1,
        duration: 1,
        flaky: false,
        artifacts: [stored],
      });
    }
    if (to !== undefined || deploys !== undefined)
      events.push({ type: "node.started", at, node: "release/shop", attempt: 1 });
    if (state !== "running" && state !== "interrupted")
      events.push({ type: "run.finished", at, state, duration: 0, reason: "" });
    for (const event of events) recorder.append(event);
    await recorder.close();
    utimesSync(join(this.dir, "runs", id, "plan.json"), at / 1_000, at / 1_000);
  }

  /** As if everything had been stored long ago. */
  age(): void {
    const folder = join(this.dir, "artifacts/sha256");
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
      utimesSync(join(folder, name), 1, 1);
  }

  get files(): readonly string[] {
    const folder = join(this.dir, "artifacts/sha256");
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((one) => one.isFile())
      .map((one) => readFileSync(join(one.parentPath, one.name), "utf8"))
      .sort();
  }

  async clean(
    options: CleanOptions,
    pipe = shop(),
  ): Promise<{ removed: string[]; kept: Record<string, string>; faults: readonly string[] }> {
    const { removed, kept, faults } = await cleanRuns(pipe, { cwd: this.cwd, ...options });
    return {
      removed: removed.map(({ run }) => run),
      kept: Object.fromEntries(kept.map(({ run, why }) => [run, why])),
      faults,
    };
  }
}

describe("the runs that go", () => {
  async function four(): Promise<State> {
    const state = new State();
    for (const [id, days] of [
      ["d", 60],
      ["c", 40],
      ["b", 20],
      ["a", 1],
    ] as const)
      await state.run(id, { days });
    return state;
  }

  it("are those older than an age, but never the newest so many, where both are given", async () => {
    expect((await (await four()).clean({ olderThan: "30d" })).removed).toEqual(["d", "c"]);
    expect((await (await four()).clean({ olderThan: "30d", keep: 3 })).removed).toEqual(["d"]);
    expect((await (await four()).clean({ keep: 1 })).removed).toEqual(["d", "c", "b"]);
    expect((await (await four()).clean({ olderThan: "90d", keep: 0 })).removed).toEqual([]);
  });

  it("are by themselves those that ended more than 30 days ago and are not among the newest 50", async () => {
    const state = await four();
    expect((await state.clean({})).removed).toEqual([]);
    for (let index = 0; index < 48; index++) await state.run(`n${index}`, { days: 0 });
    expect((await state.clean({})).removed).toEqual(["d", "c"]);
  });

  it("are the oldest, until the rest takes no more than a size, artifacts counted once", async () => {
    const state = new State();
    const big = "x".repeat(1_000_000);
    await state.run("d", { days: 4, file: `${big}1` });
    await state.run("c", { days: 3, file: big });
    await state.run("b", { days: 2, file: big });
    await state.run("a", { days: 1, file: big });
    // d's file and the one that the other three share
    expect((await state.clean({ maxSize: "2.1MB" })).removed).toEqual([]);
    expect((await state.clean({ maxSize: "1.9MB" })).removed).toEqual(["d"]);
    expect((await state.clean({ maxSize: "0.9MB", dryRun: true })).removed).toEqual(["c", "b", "a"]);
  });

  it("are none of another pipeline's", async () => {
    const state = await four();
    const other = pipeline({ name: "other" }, (p) => {
      p.stage("a").job("x", sh`true`);
    });
    expect((await state.clean({ keep: 1 }, other as never)).removed).toEqual([]);
  });

  it("refuse limits that make no sense, before anything is done", async () => {
    const state = await four();
    for (const wrong of [{ olderThan: "soon" }, { maxSize: "5 apples" }, { keep: -1 }, { keep: 1.5 }])
      await expect(cleanRuns(shop(), { cwd: state.cwd, ...wrong })).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("the runs that stay", () => {
  it("are those that go on or wait, however old, and the newest that resume would go on with, while it is young", async () => {
    const state = new State();
    await state.run("waits", { days: 300, state: "suspended" });
    await state.run("runs", { days: 200, state: "running" });
    await state.run("cut", { days: 20, state: "interrupted" });
    await state.run("failed", { days: 10, state: "failed" });
    await state.run("passed", { days: 1 });
    const dry = await state.clean({ keep: 0, dryRun: true });
    const { removed, kept } = await state.clean({ keep: 0 });
    expect(dry).toEqual({ removed, kept, faults: [] });
    expect(removed).toEqual(["cut", "passed"]);
    expect(kept).toEqual({
      waits: "it waits for an answer",
      runs: "it is being run",
      failed: "it is what resume goes on with",
    });
    expect((await state.clean({ olderThan: "5d" })).removed).toEqual(["failed"]);
  });

  it("are those that another process has taken a moment ago", async () => {
    const state = new State();
    await state.run("a", { days: 60, state: "failed" });
    const lock = await state.store.lock("a");
    expect((await state.clean({ keep: 0 })).kept["a"]).toContain("is being run by process");
    await lock.release();
    expect((await state.clean({ keep: 0 })).removed).toEqual(["a"]);
  });

  it("are those of what targets hold: live, on its way or retired; not what was taken back", async () => {
    const state = new State();
    const states = ["live", "candidate", "retired", "aborted"] as const;
    for (const one of states) await state.run(one, { days: 60, to: "near" });
    await state.run("elsewhere", { days: 60, to: "far" });
    await state.run("nowhere", { days: 60 });
    const near = () => ({ history: states.map((one) => revision(one, one)) });
    // "nowhere" never deployed, so that nobody needs to be asked about it.
    const far = () => ({ stable: revision("elsewhere", "live") });
    const { removed, kept } = await state.clean({ keep: 0 }, shop({ near, far }));
    expect(removed.sort()).toEqual(["aborted", "nowhere"]);
    expect(Object.keys(kept).sort()).toEqual(["candidate", "elsewhere", "live", "retired"]);
    expect(kept["live"]).toBe("revision 1 of target near, live, came from it");
  });

  it("are those of a target that stands elsewhere by params under the same name", async () => {
    const state = new State();
    const live = { east: "in-east", west: "in-west" };
    const pipe = pipeline(
      { name: "shop", params: { at: z.enum(["east", "west"]).default("east") } },
      (p, { params }) => {
        const built = p.stage("build").job("bundle", sh`true`, { artifacts: { bundle: "out/*" } });
        const to = place("app", () => ({ stable: revision(live[params.at], "live") }));
        p.stage("release").deploy("shop", {
          to: { ...to, spec: { namespace: params.at } },
          app: service({ artifact: artifact(built, "bundle"), command: ["true"] }),
          strategy: rolling(),
        });
      },
    );
    for (const [id, at] of [
      ["old", "east"],
      ["in-east", "east"],
      ["in-west", "west"],
    ] as const)
      await state.run(id, { days: 60, deploys: { pipe: pipe, params: { at } } });
    const { removed, kept } = await state.clean({ keep: 0 }, pipe as never);
    expect(removed).toEqual(["old"]);
    expect(Object.keys(kept).sort()).toEqual(["in-east", "in-west"]);
  });

  it("are those that a target may hold which does not answer; one that the pipeline has no more does not count", async () => {
    const state = new State();
    await state.run("a", { days: 60, to: "near" });
    const silent = (): never => {
      throw new Error("no route to host");
    };
    const unknown = await state.clean({ keep: 0 }, shop({ near: silent }));
    expect(unknown.kept["a"]).toBe("what is at target near could not be found out: no route to host");
    expect((await state.clean({ keep: 0 }, shop({}, ["far"]))).removed).toEqual(["a"]);
  });

  it("are those of local targets, also of ones that the pipeline no longer names, while their files are kept", async () => {
    const state = new State();
    for (const id of ["live", "old", "pruned", "aborted"]) await state.run(id, { days: 60, to: "laptop" });
    const folder = join(state.dir, "targets/once");
    const history = (["live", "old", "pruned", "aborted"] as const).map((run, index) => ({
      revision: index + 1,
      digest: "sha256:0",
      createdAt: 1,
      run,
      replicas: 1,
      state:
        run === "live" ? ("live" as const) : run === "aborted" ? ("aborted" as const) : ("retired" as const),
      restores: null,
      reason: null,
    }));
    for (const kept of [1, 2, 4]) {
      mkdirSync(join(folder, "releases", String(kept)), { recursive: true });
      writeFileSync(join(folder, "releases", String(kept), "release.json"), "{}");
    }
    await writeState(join(folder, "state.json"), { ...emptyState("once"), history });
    expect(await state.clean({ keep: 0, dryRun: true })).toMatchObject({
      removed: ["pruned", "aborted"],
      kept: {
        live: "revision 1 of target once, live, came from it",
        old: "revision 2 of target once, retired, came from it",
      },
    });
    writeFileSync(join(folder, "state.json"), "{");
    const blind = await state.clean({ keep: 0 });
    expect(blind.removed).toEqual([]);
    expect(blind.kept["aborted"]).toContain("state.json is not JSON");
  });

  it("are those that cannot be read, and then every artifact, since they may need it", async () => {
    const state = new State();
    await state.run("a", { days: 60, file: "a" });
    await state.run("b", { days: 60, file: "b" });
    state.age();
    const folder = join(state.dir, "runs/a");
    const journal = readdirSync(folder).find((name) => name.startsWith("journal")) ?? "";
    const file = join(folder, journal);
    writeFileSync(file, `nonsense\n${readFileSync(file, "utf8")}`);
    const { removed, faults } = await state.clean({ keep: 0 });
    expect(removed).toEqual(["b"]);
    expect(faults[0]).toMatch(/run a cannot be read and stays: .*line 1 is damaged/);
    expect(faults[1]).toContain("artifacts stay");
    expect(state.files).toEqual(["a", "b"]);
  });
});

describe("what goes wrong with one run", () => {
  it("hides no other where the system refuses to read it", async () => {
    const state = new State();
    for (const id of ["b", "a"]) await state.run(id, { days: 60, file: id });
    state.age();
    class Closed extends FileRunStore {
      override glance(run: string): ReturnType<FileRunStore["glance"]> {
        if (run !== "b") return super.glance(run);
        return Promise.reject(Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }));
      }
    }
    const source = { kind: "closed", open: () => new Closed(state.dir) };
    const { removed, faults } = await state.clean({ keep: 0, store: source });
    expect(removed).toEqual(["a"]);
    expect(faults).toEqual([
      "run b cannot be read and stays: EACCES: permission denied",
      expect.stringContaining("artifacts stay"),
    ]);
  });

  it.skipIf(process.getuid?.() === 0)("hides no other where its folder is closed", async () => {
    const state = new State();
    for (const id of ["b", "a"]) await state.run(id, { days: 60 });
    const folder = join(state.dir, "runs/b");
    chmodSync(folder, 0);
    onTestFinished(() => {
      chmodSync(folder, 0o755);
    });
    const { removed, faults } = await state.clean({ keep: 0 });
    expect(removed).toEqual(["a"]);
    expect(faults[0]).toMatch(/run b cannot be read and stays: EACCES/);
  });

  it("leaves the others to be done, and the store consistent", async () => {
    const state = new State();
    for (const id of ["c", "b", "a"]) await state.run(id, { days: 60, file: id });
    state.age();
    class Stubborn extends FileRunStore {
      override remove(run: string): Promise<void> {
        if (run !== "b") return super.remove(run);
        return Promise.reject(new SluiceError("STATE_UNWRITABLE", "permission is denied"));
      }
    }
    const source = { kind: "stubborn", open: () => new Stubborn(state.dir) };
    const { removed, faults } = await state.clean({ keep: 0, store: source });
    expect(removed).toEqual(["c", "a"]);
    expect(faults).toEqual(["b: permission is denied"]);
    expect(await state.store.list()).toEqual(["b"]);
    expect(state.files).toEqual(["b"]);
    expect((await state.clean({ keep: 0 })).removed).toEqual(["b"]);
  });
});

describe("the artifacts that go", () => {
  it("are those that no run and nobody else needs, and that were not stored just now", async () => {
    const state = new State();
    await state.run("old", { days: 60, file: "only old" });
    await state.run("shared", { days: 60, file: "both" });
    await state.run("young", { days: 1, file: "both" });
    await state.run("cached", { days: 60, file: "cached" });
    state.age();
    const [cached] = (await state.store.read("cached")).artifacts.get("build/bundle") ?? [];
    await state.run("new", { days: 60, file: "just stored" });
    const inUse = [() => [cached?.files[0]?.digest ?? ""]];
    const report = await cleanRuns(shop(), { cwd: state.cwd, olderThan: "30d", inUse });
    expect(report.removed).toHaveLength(4);
    expect(report.artifacts).toEqual({ files: 1, bytes: "only old".length });
    expect(state.files).toEqual(["both", "cached", "just stored"]);
  });

  it("stay all where somebody cannot say what is needed", async () => {
    const state = new State();
    await state.run("old", { days: 60, file: "old" });
    state.age();
    const broken = () => Promise.reject(Object.assign(new Error("no cache today"), { code: "EIO" }));
    const { removed, faults } = await state.clean({ keep: 0, inUse: [broken] });
    expect(removed).toEqual(["old"]);
    expect(faults).toEqual(["artifacts: no cache today"]);
    expect(state.files).toEqual(["old"]);
  });
});

describe("a dry run", () => {
  it("says what would go and changes nothing", async () => {
    const state = new State();
    await state.run("a", { days: 60, file: "a" });
    await state.store.summaries.put({
      version: 1,
      run: "ancient",
      pipeline: "shop",
      fingerprint: "",
      commit: null,
      branch: null,
      dirty: null,
      state: "passed",
      reason: "",
      startedAt: Date.now() - 400 * DAY,
      duration: 1,
      params: "",
      nodes: {},
    } as never);
    state.age();
    const files = (): unknown => readdirSync(state.dir, { recursive: true, encoding: "utf8" }).sort();
    const before = files();
    const said = await cleanRuns(shop(), { cwd: state.cwd, keep: 0, dryRun: true });
    expect(files()).toEqual(before);
    const done = await cleanRuns(shop(), { cwd: state.cwd, keep: 0 });
    expect({ ...done, dryRun: true }).toEqual(said);
    expect(said).toMatchObject({ artifacts: { files: 1, bytes: 1 }, summaries: 1, faults: [] });
    expect(said.removed[0]?.bytes).toBeGreaterThan(500);
    expect(existsSync(join(state.dir, "runs/a"))).toBe(false);
    expect(state.files).toEqual([]);
  });
});
