import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { historyOf } from "../../../../src/host/history.ts";
import type { RunEvent, RunOwner } from "../../../../src/model/index.ts";
import { journalHeader } from "../../../../src/stores/_shared/header.ts";
import { ownOwner } from "../../../../src/stores/_shared/owner.ts";
import { encodeRecord } from "../../../../src/stores/_shared/record.ts";
import { FileRunStore } from "../../../../src/stores/fs/index.ts";
import { planOf } from "../../../fixtures/engine-run.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const plan = planOf((p) => {
  p.stage("a").job("x", () => 1);
});
const gone = { pid: 1, start: "another boot/1", machine: ownOwner().machine };
const elsewhere = { pid: 1, start: "x", machine: "another machine" };

const started = (at: number, owner = gone, partial?: true): RunEvent => ({
  type: "run.started",
  at,
  run: "r",
  pipeline: "test",
  fingerprint: plan.fingerprint,
  params: {},
  nodes: 1,
  commit: null,
  branch: null,
  owner,
  ...(partial === undefined ? {} : { partial }),
});
const finished = (at: number, state: "passed" | "failed", partial?: RunOwner): RunEvent => ({
  type: "run.finished",
  at,
  state,
  duration: 1,
  reason: `it ${state}`,
  ...(partial === undefined ? {} : { partial: true, owner: partial }),
});

/** A run whose journals hold the given events. */
function recorded(folder: string, journals: readonly (readonly RunEvent[])[]): FileRunStore {
  const store = new FileRunStore(folder);
  const run = join(folder, "runs/r");
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, "plan.json"), JSON.stringify(plan));
  for (const [index, events] of journals.entries()) {
    const text = [journalHeader(), ...events].map(encodeRecord).join("");
    writeFileSync(join(run, `journal-${(1_000 + index).toString(36)}.aa.jsonl`), text);
  }
  return store;
}

function guest(owner: RunOwner): RunOwner {
  return { ...owner, start: `${owner.start} guest` };
}

describe("a glance at a run", () => {
  it("says what all of the run says, however long its records and however it was cut off", async () => {
    const warning = fc
      .tuple(fc.nat(9_999), fc.integer({ min: 1, max: 60_000 }))
      .map(([at, length]): RunEvent => ({ type: "warning", at, message: "x".repeat(length) }));
    const journal = fc
      .tuple(
        fc.boolean(),
        fc.constantFrom(gone, elsewhere),
        fc.array(warning, { maxLength: 4 }),
        fc.constantFrom(undefined, "passed" as const, "failed" as const),
        fc.constantFrom(undefined, true as const),
      )
      .map(([begins, owner, between, end, partial]) => [
        // A process that is at all of a run is none that runs a part of it meanwhile.
        ...(begins ? [started(10, partial === undefined ? owner : guest(owner), partial)] : []),
        ...between,
        ...(end === undefined || !begins ? [] : [finished(20, end, partial && guest(owner))]),
      ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(journal, { maxLength: 3 }),
        fc.nat(100),
        async (journals: readonly (readonly RunEvent[])[], torn) => {
          const folder = tempFolder();
          const store = recorded(folder, journals);
          const last = readdirSync(join(folder, "runs/r"))
            .filter((name) => name.startsWith("journal"))
            .sort()
            .at(-1);
          if (last !== undefined && torn > 50) {
            const file = join(folder, "runs/r", last);
            const text = [journalHeader(), ...(journals.at(-1) ?? [])].map(encodeRecord).join("");
            truncateSync(file, Math.max(0, text.length - torn + 50));
          }
          const { run, pipeline, state, reason, startedAt, duration } = historyOf(await store.read("r"));
          const whole = { run, pipeline, state, reason, startedAt, duration };
          expect(await store.glance("r")).toEqual({ ...whole, pipeline: "test" });
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 150 },
    );
  });

  it("counts a process on another machine as alive", async () => {
    const store = recorded(tempFolder(), [[started(1, elsewhere)]]);
    expect(await store.glance("r")).toMatchObject({ state: "running" });
    expect((await store.read("r")).owner).toEqual(elsewhere);
  });

  it("does not read what lies between the ends of a journal", async () => {
    const folder = tempFolder();
    const many = Array.from({ length: 2_000 }, (_, at): RunEvent => ({
      type: "warning",
      at,
      message: "m".repeat(40),
    }));
    const store = recorded(folder, [[started(1), ...many, finished(9_999, "passed")]]);
    const file = join(
      folder,
      "runs/r",
      readdirSync(join(folder, "runs/r")).find((one) => one.startsWith("j")) ?? "",
    );
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(file, bytes);
    expect(await store.glance("r")).toMatchObject({ state: "passed", startedAt: 1, duration: 9_998 });
    await expect(store.read("r")).rejects.toMatchObject({ code: "STATE_CORRUPT" });
  });
});

describe("a process that runs a part of a run", () => {
  const live = ownOwner();

  it("is not the one that is at it, and takes nothing from that one when it ends", async () => {
    const part = [started(5, live, true), finished(6, "passed", live)];
    const store = recorded(tempFolder(), [[started(1, elsewhere)], part]);
    expect((await store.read("r")).owner).toEqual(elsewhere);
    expect(await store.glance("r")).toMatchObject({ state: "running" });
  });

  it("counts where it is alive, until the run is taken by another", async () => {
    const parts = [[started(1), finished(2, "failed")], [started(5, elsewhere, true)]];
    const store = recorded(tempFolder(), parts);
    expect((await store.read("r")).owner).toEqual(elsewhere);
    expect(await store.glance("r")).toMatchObject({ state: "running" });
    const taken = recorded(tempFolder(), [...parts, [started(7), finished(8, "failed")]]);
    expect((await taken.read("r")).owner).toBe(undefined);
    expect(await taken.glance("r")).toMatchObject({ state: "failed" });
  });
});

describe("a run", () => {
  it("belongs to its maker before its first event, so that nobody can go on with it meanwhile", async () => {
    const store = new FileRunStore(tempFolder());
    const recorder = await store.create("r", plan);
    expect((await store.read("r")).owner).toEqual(ownOwner());
    expect(await store.glance("r")).toMatchObject({ state: "running", pipeline: "test" });
    await recorder.close();
    // This process lives on, and is no longer at the run.
    expect((await store.read("r")).owner).toBe(undefined);
    expect(await store.glance("r")).toMatchObject({ state: "interrupted" });
  });

  it("is made once by two who make it at the same time; the other joins", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    const recorders = await Promise.all([store.create("r", plan), store.create("r", plan)]);
    for (const [index, recorder] of recorders.entries())
      recorder.append({ type: "warning", at: index, message: String(index) });
    for (const recorder of recorders) await recorder.close();
    expect((await store.read("r")).events).toHaveLength(2);
    expect(readdirSync(join(folder, "runs"))).toEqual(["r"]);
  });

  it("keeps the order of its processes where a clock went back", async () => {
    const folder = tempFolder();
    const store = recorded(folder, [[started(1), finished(2, "failed")]]);
    const future = `journal-${(Date.now() + 3_600_000).toString(36)}.bb.jsonl`;
    writeFileSync(
      join(folder, "runs/r", future),
      [journalHeader(), started(3), finished(4, "failed")].map(encodeRecord).join(""),
    );
    const recorder = await store.append("r");
    recorder.append(started(5));
    recorder.append(finished(6, "passed"));
    await recorder.close();
    expect(await store.glance("r")).toMatchObject({ state: "passed" });
  });

  it("is listed by the time at which it was made, whatever its id, and not where it was only half made", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    for (const id of ["10", "9", "20261122-203832-4f9a1c"]) await (await store.create(id, plan)).close();
    const at = (id: string, time: Date): void => {
      utimesSync(join(folder, "runs", id, "plan.json"), time, time);
    };
    at("9", new Date("2026-01-01T00:00:00Z"));
    at("10", new Date("2026-12-24T00:00:00Z"));
    // Copying a folder changes times, which an id of ours does without.
    at("20261122-203832-4f9a1c", new Date("2030-01-01T00:00:00Z"));
    mkdirSync(join(folder, "runs/half"));
    mkdirSync(join(folder, "runs/.new-x"));
    expect(await store.list()).toEqual(["10", "20261122-203832-4f9a1c", "9"]);
  });

  it("is removed with all that is in it, and with what killed processes have left beside it", async () => {
    const folder = tempFolder();
    const store = new FileRunStore(folder);
    for (const id of ["a", "b"]) await (await store.create(id, plan)).close();
    for (const name of [".new-old", ".gone-old", "half", ".new-now"]) {
      mkdirSync(join(folder, "runs", name));
      writeFileSync(join(folder, "runs", name, "x"), "");
      const time = name.endsWith("now") ? new Date() : new Date(Date.now() - 7_200_000);
      utimesSync(join(folder, "runs", name), time, time);
    }
    expect(await store.size("a")).toBeGreaterThan(100);
    await store.remove("a");
    expect(readdirSync(join(folder, "runs")).sort()).toEqual([".new-now", "b"]);
    await expect(store.read("a")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    await expect(store.remove("../..")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  });
});
