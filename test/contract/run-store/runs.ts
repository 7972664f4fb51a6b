import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/model/index.ts";
import {
  finished,
  finishedPart,
  otherPlan,
  plan,
  record,
  started,
  succeeded,
  textOf,
  warned,
  type StoreMachines,
} from "./fixture.ts";

/** How runs are made, read, listed and forgotten. */
export function describeRuns(machines: StoreMachines): void {
  describe("runs", () => {
    it("come back whole on another machine", async () => {
      const open = await machines();
      const store = await open();
      const artifact = { name: "out", digest: "sha256:1", path: "out", size: 0, files: [] };
      const event = { ...succeeded("a/x", 42), artifacts: [artifact] };
      await record(await store.create("r1", plan), started("r1"), event, finished("passed"));
      const read = await (await open()).read("r1");
      expect(read.run).toBe("r1");
      expect(read.plan).toEqual(plan);
      expect(read.events).toEqual([started("r1"), event, finished("passed")]);
      expect(read.outputs.get("a/x")).toBe(42);
      expect(read.artifacts.get("a/x")).toEqual([artifact]);
      expect(read.owner).toBeUndefined();
    });

    it("show what was committed while they go on, and whose they are", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      const elsewhere = await open();
      expect((await elsewhere.read("r1")).owner?.pid).toBe(process.pid);
      recorder.append(started("r1"));
      await recorder.commit();
      recorder.append(succeeded("a/x", 1));
      await recorder.sync();
      const read = await elsewhere.read("r1");
      expect(read.events).toHaveLength(2);
      expect(read.owner?.pid).toBe(process.pid);
      expect(await elsewhere.glance("r1")).toMatchObject({ state: "running", pipeline: "test" });
      await recorder.close();
    });

    it("keep the order of what was appended, however it was committed", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      const wanted = Array.from({ length: 300 }, (_, index) => warned(`${index} – ünïcode\n"quotes"`));
      const waits: Promise<void>[] = [];
      for (const [index, event] of wanted.entries()) {
        recorder.append(event);
        if (index % 7 === 0) waits.push(recorder.commit() ?? Promise.resolve());
        if (index % 50 === 0) await recorder.sync();
      }
      await Promise.all(waits);
      await recorder.close();
      expect((await (await open()).read("r1")).events).toEqual(wanted);
    });

    it("hold records of any size", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      const wanted = Array.from({ length: 5 }, (_, index) => warned(`${index}`.repeat(1_000_000)));
      await record(recorder, ...wanted);
      expect((await (await open()).read("r1")).events).toEqual(wanted);
    });

    it("leave out what follows from the rest, and what the logs hold", async () => {
      const store = await (await machines())();
      const chunk = Buffer.from("x");
      await record(
        await store.create("r1", plan),
        { type: "node.ready", at: 1, node: "a/x" },
        { type: "node.log", at: 1, node: "a/x", stream: "stdout", chunk },
      );
      expect((await store.read("r1")).events).toEqual([]);
    });

    it("have nothing to wait for where nothing was appended, and are closed as often as one likes", async () => {
      const store = await (await machines())();
      const recorder = await store.create("r1", plan);
      await recorder.commit();
      await recorder.sync();
      await recorder.close();
      await recorder.close();
      expect((await store.read("r1")).events).toEqual([]);
    });

    it("are joined by a second process with the same definition, and refused to another one", async () => {
      const open = await machines();
      const first = await (await open()).create("r1", plan);
      const second = await (await open()).create("r1", plan);
      await record(second, succeeded("a/y", 2));
      await record(first, succeeded("a/x", 1));
      const store = await open();
      expect([...(await store.read("r1")).outputs].sort()).toEqual([
        ["a/x", 1],
        ["a/y", 2],
      ]);
      await expect(store.create("r1", otherPlan)).rejects.toMatchObject({ code: "STATE_CORRUPT" });
      expect((await store.read("r1")).plan).toEqual(plan);
    });

    it("are made by one of many that try at once, and joined by the others", async () => {
      const open = await machines();
      const stores = await Promise.all(Array.from({ length: 4 }, open));
      const recorders = await Promise.all(stores.map((store) => store.create("r1", plan)));
      await Promise.all(recorders.map((one, index) => record(one, warned(`${index}`))));
      const { events } = await (await open()).read("r1");
      expect(events.map((event) => (event.type === "warning" ? event.message : "")).sort()).toEqual([
        "0",
        "1",
        "2",
        "3",
      ]);
    });

    it("are added to after their end, in order", async () => {
      const open = await machines();
      await record(await (await open()).create("r1", plan), started("r1"), finished("suspended"));
      const decided = { type: "gate.decided", at: 3_000, node: "a/x", approved: true, by: "ada" } as const;
      await record(await (await open()).append("r1"), decided);
      await record(await (await open()).append("r1"), warned("last"));
      const { events } = await (await open()).read("r1");
      expect(events).toEqual([started("r1"), finished("suspended"), decided, warned("last")]);
    });

    it("are unknown under any other name", async () => {
      const store = await (await machines())();
      await record(await store.create("r1", plan), started("r1"));
      for (const name of ["r2", "", "../r1", "r1/", "r1/logs", ".", "r"]) {
        const unknown = { code: "RUN_UNKNOWN" };
        await expect(store.read(name), name).rejects.toMatchObject(unknown);
        await expect(store.glance(name), name).rejects.toMatchObject(unknown);
        await expect(store.append(name), name).rejects.toMatchObject(unknown);
        await expect(store.lock(name), name).rejects.toMatchObject(unknown);
        await expect(store.remove(name), name).rejects.toMatchObject(unknown);
        await expect(store.size(name), name).rejects.toMatchObject(unknown);
      }
      await expect(store.create("../r1", plan)).rejects.toMatchObject({ code: "USAGE" });
      expect(await store.list()).toEqual(["r1"]);
    });

    it("are listed with the newest first, and glanced at", async () => {
      const open = await machines();
      const store = await open();
      expect(await store.list()).toEqual([]);
      const ids = ["20260101-000000-0000aa", "20260101-000001-0000bb", "20260102-000000-0000aa"];
      for (const id of ids) await record(await store.create(id, plan), started(id), finished("failed"));
      const elsewhere = await open();
      expect(await elsewhere.list()).toEqual([...ids].reverse());
      expect(await elsewhere.glance("20260101-000001-0000bb")).toEqual({
        run: "20260101-000001-0000bb",
        pipeline: "test",
        state: "failed",
        reason: "it failed",
        startedAt: 1_000,
        duration: 1_000,
      });
    });

    it("stand as their last process left them, through suspension and resumption", async () => {
      const open = await machines();
      const state = async (): Promise<string> => (await (await open()).glance("r1")).state;
      await record(await (await open()).create("r1", plan), started("r1"), finished("suspended"));
      expect(await state()).toBe("suspended");
      const second = await open();
      const lock = await second.lock("r1");
      expect(await state()).toBe("suspended");
      const recorder = await second.append("r1");
      recorder.append(started("r1", 5_000));
      await recorder.commit();
      expect(await state()).toBe("running");
      await record(recorder, finished("passed", 6_000));
      await lock.release();
      expect(await state()).toBe("passed");
      expect(await (await open()).glance("r1")).toMatchObject({ startedAt: 1_000, duration: 5_000 });
    });

    it("stand as their nodes do, where a process has run a part of them", async () => {
      const open = await machines();
      const stand = async (): Promise<unknown> => {
        const { state, reason } = await (await open()).glance("r1");
        return { state, reason };
      };
      const part = async (...events: RunEvent[]): Promise<void> => {
        const ends = [{ ...started("r1", 3_000), partial: true }, ...events, finishedPart(4_000)];
        await record(await (await open()).append("r1"), ...(ends as RunEvent[]));
      };
      await record(await (await open()).create("r1", plan), started("r1"), finished("suspended"));
      await part();
      expect(await stand()).toEqual({ state: "interrupted", reason: "1 of 1 nodes are still to run" });
      await part(succeeded("a/x", 1));
      expect(await stand()).toMatchObject({ state: "passed" });
      await part({ type: "node.cancelled", at: 3_500, node: "a/x", duration: 1, reason: "by hand" });
      expect(await stand()).toEqual({ state: "cancelled", reason: "by hand" });
      expect((await (await open()).read("r1")).owner).toBeUndefined();
      await record(await (await open()).append("r1"), started("r1", 5_000), finished("failed", 6_000));
      expect(await stand()).toEqual({ state: "failed", reason: "it failed" });
    });

    it("go with their logs, and can be made again", async () => {
      const open = await machines();
      const store = await open();
      const recorder = await store.create("r1", plan);
      const sink = recorder.log("a/x");
      await sink.write(Buffer.from("hello"));
      await sink.close();
      await record(recorder, started("r1"));
      expect(await store.size("r1")).toBeGreaterThan(300);
      await (await open()).remove("r1");
      expect(await store.list()).toEqual([]);
      expect(await textOf(store.log("r1", "a/x"))).toBe("");
      await expect(store.read("r1")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
      await record(await store.create("r1", otherPlan), started("r1", 7));
      expect((await store.read("r1")).events).toEqual([started("r1", 7)]);
    });
  });
}
