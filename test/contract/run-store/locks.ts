import { describe, expect, it } from "vitest";
import { finished, plan, record, started, succeeded, type StoreMachines } from "./fixture.ts";

/** How runs are taken. */
export function describeLocks(machines: StoreMachines): void {
  describe("a run's lock", () => {
    it("is one machine's until it lets go", async () => {
      const open = await machines();
      await record(await (await open()).create("r1", plan), started("r1"), finished("suspended"));
      const [one, two] = [await open(), await open()];
      const lock = await one.lock("r1");
      await expect(two.lock("r1")).rejects.toMatchObject({ code: "RUN_BUSY" });
      await expect(one.lock("r1")).rejects.toMatchObject({ code: "RUN_BUSY" });
      await lock.release();
      await (await two.lock("r1")).release();
      await (await one.lock("r1")).release();
    });

    it("is given to exactly one of many that ask at once", async () => {
      const open = await machines();
      await record(await (await open()).create("r1", plan), started("r1"), finished("failed"));
      const stores = await Promise.all(Array.from({ length: 6 }, open));
      const asked = await Promise.allSettled(stores.map((store) => store.lock("r1")));
      const taken = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(taken).toHaveLength(1);
      for (const one of asked)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "RUN_BUSY" });
      await taken[0]?.release();
    });

    it("does not make its holder the one that is at the run, before it has begun", async () => {
      const open = await machines();
      await record(await (await open()).create("r1", plan), started("r1"), finished("failed"));
      const store = await open();
      const lock = await store.lock("r1");
      expect((await store.read("r1")).owner).toBeUndefined();
      const recorder = await store.append("r1");
      recorder.append(started("r1"));
      await recorder.commit();
      expect((await (await open()).read("r1")).owner?.pid).toBe(process.pid);
      await record(recorder, succeeded("a/x", 1), finished("passed"));
      await lock.release();
      const read = await (await open()).read("r1");
      expect(read.owner).toBeUndefined();
      expect(read.events.map((event) => event.type)).toEqual([
        "run.started",
        "run.finished",
        "run.started",
        "node.succeeded",
        "run.finished",
      ]);
    });

    it("does not keep anybody from adding a decision", async () => {
      const open = await machines();
      await record(await (await open()).create("r1", plan), started("r1"), finished("suspended"));
      const lock = await (await open()).lock("r1");
      await record(await (await open()).append("r1"), succeeded("a/x", 3));
      expect((await (await open()).read("r1")).outputs.get("a/x")).toBe(3);
      await lock.release();
    });
  });
}
