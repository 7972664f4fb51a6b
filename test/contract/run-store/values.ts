import { describe, expect, it } from "vitest";
import { all, summaryOf, type StoreMachines } from "./fixture.ts";

/** What outlives runs. */
export function describeValues(machines: StoreMachines): void {
  describe("baselines", () => {
    it("are those that were set last, on every machine", async () => {
      const open = await machines();
      const key = "Evaluate/answers (Größe)";
      expect(await (await open()).baselines.get(key)).toBeUndefined();
      await (
        await open()
      ).baselines.set(
        new Map([
          [key, { score: 0.9 }],
          ["other", null],
        ]),
      );
      const store = await open();
      expect(await store.baselines.get(key)).toEqual({ score: 0.9 });
      expect(await store.baselines.get("other")).toBeNull();
      await store.baselines.set(new Map([[key, { score: 0.95 }]]));
      expect(await (await open()).baselines.get(key)).toEqual({ score: 0.95 });
    });
  });

  describe("summaries", () => {
    it("come with the newest first, one for each run, until they are pruned", async () => {
      const open = await machines();
      const store = await open();
      const runs = Array.from({ length: 40 }, (_, index) => `2026-${String(index).padStart(3, "0")}`);
      for (const [index, run] of runs.entries()) await store.summaries.put(summaryOf(run, index));
      await store.summaries.put({ ...summaryOf("2026-039", 39), state: "failed" });
      const found = await all((await open()).summaries.read());
      expect(found.map((summary) => summary.run)).toEqual([...runs].reverse());
      expect(found[0]?.state).toBe("failed");
      expect(await store.summaries.prune(38)).toBe(38);
      expect((await all((await open()).summaries.read())).map(({ run }) => run)).toEqual([
        "2026-039",
        "2026-038",
      ]);
    });

    it("of another version are left out and told", async () => {
      const store = await (await machines())();
      await store.summaries.put(summaryOf("good", 1));
      await store.summaries.put({ ...summaryOf("later", 2), version: 99 as 1 });
      const faults: string[] = [];
      const found = await all(store.summaries.read((message) => faults.push(message)));
      expect(found.map(({ run }) => run)).toEqual(["good"]);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain("later.json");
    });
  });
}
