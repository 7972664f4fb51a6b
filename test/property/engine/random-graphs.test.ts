import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnyRef } from "../../../src/model/index.ts";
import { runEngine } from "../../fixtures/engine-run.ts";

interface Spec {
  readonly needs: readonly number[];
  readonly weight: number;
  readonly locks: readonly string[];
  readonly turns: number;
  readonly fails: boolean;
}

const graph = (mayFail: boolean) =>
  fc
    .array(
      fc.record({
        needs: fc.array(fc.nat(40), { maxLength: 3 }),
        weight: fc.integer({ min: 1, max: 5 }),
        locks: fc.subarray(["a", "b", "c"]),
        turns: fc.nat(3),
        fails: mayFail ? fc.integer({ min: 0, max: 9 }).map((n) => n === 0) : fc.constant(false),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((nodes): readonly Spec[] =>
      nodes.map((node, index) => ({ ...node, needs: node.needs.filter((need) => need < index) })),
    );

/** Runs the graph on the real engine and notes what overlapped. */
async function observe(nodes: readonly Spec[], limit: number, stages: number) {
  let used = 0;
  let most = 0;
  const held = new Set<string>();
  const problems: string[] = [];
  const ended = new Set<number>();
  const run = await runEngine(
    (p) => {
      const refs: AnyRef[] = [];
      const perStage = Math.ceil(nodes.length / stages);
      let stage = p.stage("s0");
      nodes.forEach((node, index) => {
        if (index > 0 && index % perStage === 0) stage = p.stage(`s${index}`);
        const work = async (): Promise<void> => {
          const weight = Math.min(node.weight, limit);
          used += weight;
          most = Math.max(most, used);
          for (const lock of node.locks) {
            if (held.has(lock)) problems.push(`lock ${lock} was held twice`);
            held.add(lock);
          }
          for (const need of node.needs)
            if (!ended.has(need)) problems.push(`${index} ran before ${need} had ended`);
          for (let turn = 0; turn < node.turns; turn++) await Promise.resolve();
          for (const lock of node.locks) held.delete(lock);
          used -= weight;
          if (node.fails) throw new Error("boom");
          ended.add(index);
        };
        // Some nodes end in the turn in which they start, as plain functions do.
        const plain = (): void => {
          ended.add(index);
        };
        const { weight, locks } = node;
        const after = node.needs.map((need) => refs[need] as AnyRef);
        refs.push(
          node.turns === 0 && !node.fails
            ? stage.job(`n${index}`, plain, { after, weight, locks })
            : stage.job(`n${index}`, work, { after, weight, locks }),
        );
      });
    },
    { concurrency: limit },
  );
  return { run, most, problems };
}

describe("any graph", () => {
  it("runs every node once, after its needs, within the limit, never sharing a lock", async () => {
    await fc.assert(
      fc.asyncProperty(
        graph(false),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (nodes, limit, stages) => {
          const { run, most, problems } = await observe(nodes, limit, stages);
          expect(problems).toEqual([]);
          expect(most).toBeLessThanOrEqual(limit);
          expect(run.result.state).toBe("passed");
          expect(run.ends).toHaveLength(nodes.length);
          expect(new Set(run.ends).size).toBe(nodes.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("ends whatever fails, with one end for every node and a reason for each that did not run", async () => {
    await fc.assert(
      fc.asyncProperty(graph(true), fc.integer({ min: 1, max: 4 }), async (nodes, limit) => {
        const { run, problems } = await observe(nodes, limit, 2);
        expect(problems).toEqual([]);
        expect(run.result.nodes.size).toBe(nodes.length);
        const results = [...run.result.nodes.values()];
        expect(run.result.state).toBe(results.some((one) => one.state === "failed") ? "failed" : "passed");
        for (const one of results) if (one.state === "skipped") expect(one.reason.text).not.toBe("");
        expect(new Set(run.ends).size).toBe(run.ends.length);
      }),
      { numRuns: 150 },
    );
  });
});
