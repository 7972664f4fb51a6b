import { describe, expect, it } from "vitest";
import { blocksOf } from "../../../../src/graph/svg/blocks.ts";
import { type End, linksOf } from "../../../../src/graph/svg/links.ts";
import type { Condition } from "../../../../src/model/index.ts";
import { viewOf } from "../../../../src/graph/view.ts";
import { type NodeDraft, planOf, type StageDraft } from "../../../fixtures/plans.ts";

function links(...stages: readonly StageDraft[]): readonly string[] {
  const view = viewOf(planOf({ stages }));
  const blocks = blocksOf(view);
  const text = (end: End): string => {
    switch (end.kind) {
      case "node":
        return view.nodes[end.node]?.node.id ?? "";
      case "block":
        return `matrix ${blocks.all[end.block]?.title ?? ""}`;
      case "stage":
        return `stage ${view.stages[end.stage]?.stage.name ?? ""}`;
    }
  };
  return linksOf(view, blocks).map(
    ({ from, to, each, count, edges }) =>
      `${text(from)} -> ${text(to)}${each ? " each" : ""}${count === undefined ? "" : ` ${count}`} (${edges.length})`,
  );
}

const nodes = (...names: readonly string[]): readonly NodeDraft[] => names.map((name) => ({ name }));
const cells = (
  name: string,
  count: number,
  needs: (index: number) => readonly string[],
): readonly NodeDraft[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${name}[i=${index}]`,
    matrix: { i: index },
    needs: needs(index),
  }));

describe("linksOf", () => {
  it("leaves out edges that a longer way implies", () => {
    expect(
      links({
        name: "s",
        nodes: [
          { name: "a" },
          { name: "b", needs: ["s/a"] },
          { name: "c", needs: ["s/b"] },
          { name: "d", needs: ["s/a", "s/c"] },
        ],
      }),
    ).toEqual(["s/a -> s/b (1)", "s/b -> s/c (1)", "s/c -> s/d (1)"]);
  });

  it("keeps edges whose longer way leads through a node that may be skipped", () => {
    const when: Condition = { kind: "tag", patterns: ["v*"] };
    const chain = (more: Partial<NodeDraft>): readonly NodeDraft[] => [
      { name: "a" },
      { name: "b", needs: ["s/a"], ...more },
      { name: "c", needs: ["s/a", "s/b"] },
    ];
    expect(links({ name: "s", nodes: chain({}) })).not.toContain("s/a -> s/c (1)");
    expect(links({ name: "s", nodes: chain({ when }) })).toContain("s/a -> s/c (1)");
    // A condition of the whole stage skips all of it or nothing.
    expect(links({ name: "s", when, nodes: chain({}) })).not.toContain("s/a -> s/c (1)");
    expect(
      links(
        { name: "r", nodes: nodes("a") },
        { name: "s", when, nodes: [{ name: "b", needs: ["r/a"] }] },
        { name: "t", nodes: [{ name: "c", needs: ["r/a", "s/b"] }] },
      ),
    ).toContain("r/a -> t/c (1)");
  });

  it("makes one edge of those to and from all cells of a matrix", () => {
    expect(
      links(
        { name: "s", nodes: nodes("a") },
        { name: "t", nodes: cells("m", 3, () => ["s/a"]) },
        { name: "u", nodes: [{ name: "z", needs: ["t/m[i=0]", "t/m[i=1]", "t/m[i=2]"] }] },
      ),
    ).toEqual(["s/a -> matrix m (3)", "matrix m -> u/z (3)"]);
  });

  it("makes one edge of those between all cells of two matrices, and from each to its own", () => {
    const all = ["s/m[i=0]", "s/m[i=1]"];
    expect(
      links({ name: "s", nodes: cells("m", 2, () => []) }, { name: "t", nodes: cells("n", 2, () => all) }),
    ).toEqual(["matrix m -> matrix n (4)"]);
    expect(
      links(
        { name: "s", nodes: cells("m", 3, () => []) },
        { name: "t", nodes: cells("n", 3, (index) => [`s/m[i=${index}]`]) },
      ),
    ).toEqual(["matrix m -> matrix n each (3)"]);
    expect(
      links(
        { name: "s", nodes: cells("m", 3, () => []) },
        { name: "t", nodes: cells("n", 3, (index) => (index < 2 ? [`s/m[i=${index}]`] : [])) },
      ),
    ).toEqual(["s/m[i=0] -> t/n[i=0] (1)", "s/m[i=1] -> t/n[i=1] (1)"]);
  });

  it("counts the cells meant where they cannot be reached one by one", () => {
    expect(
      links(
        { name: "s", nodes: nodes("a") },
        { name: "t", nodes: cells("m", 24, (index) => (index < 5 ? ["s/a"] : [])) },
        { name: "u", nodes: [{ name: "z", needs: ["t/m[i=1]", "t/m[i=23]"] }] },
      ),
    ).toEqual(["s/a -> matrix m 5 (5)", "matrix m -> u/z 2 (2)"]);
  });

  it("makes one edge of those to and from everything in a stage", () => {
    const three = nodes("x", "y", "z").map((node) => ({ ...node, needs: ["s/a"] }));
    expect(
      links(
        { name: "s", nodes: nodes("a") },
        { name: "t", nodes: three },
        { name: "u", nodes: [{ name: "e", needs: ["t/x", "t/y", "t/z"] }] },
      ),
    ).toEqual(["s/a -> stage t (3)", "stage t -> u/e (3)"]);
    expect(links({ name: "s", nodes: nodes("a") }, { name: "t", nodes: three.slice(1) })).toHaveLength(2);
    expect(
      links({ name: "s", nodes: nodes("a") }, { name: "t", nodes: [...three, { name: "w" }] }),
    ).toHaveLength(3);
  });
});
