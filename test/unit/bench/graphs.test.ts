import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { LEVELS } from "../../../bench/peers/programs.ts";
import { chain, type Graph, layered, levels, wide } from "../../../bench/lib/graphs.ts";
import { graphOf, WORKLOADS } from "../../../bench/peers/work.ts";

test("a layer waits for three different nodes of the layer before", () => {
  const graph = layered(1_000);
  expect(graph.filter((needs) => needs.length === 0)).toHaveLength(100);
  for (const [index, needs] of graph.entries()) {
    if (index < 100) continue;
    expect(new Set(needs).size).toBe(3);
    for (const need of needs) expect(Math.floor(need / 100)).toBe(Math.floor(index / 100) - 1);
  }
});

test("nodes come after what they need, in every workload", () => {
  for (const workload of WORKLOADS) {
    const wrong = graphOf(workload).filter((needs, index) => needs.some((need) => need < 0 || need >= index));
    expect(wrong, workload).toEqual([]);
  }
});

test("levels keep the depth of every node", () => {
  expect(levels(wide(5))).toEqual([[0, 1, 2, 3, 4]]);
  expect(levels(chain(3))).toEqual([[0], [1], [2]]);
  expect(levels(layered(1_000)).map((level) => level.length)).toEqual(Array.from({ length: 10 }, () => 100));
});

test("programs of libraries without edges find the same levels", () => {
  const inProgram = runInNewContext(`${LEVELS}; levels`) as (graph: Graph) => number[][];
  for (const graph of [wide(5), chain(5), layered(1_000)])
    expect(JSON.stringify(inProgram(graph))).toBe(JSON.stringify(levels(graph)));
});
