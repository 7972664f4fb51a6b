import { describe, expect, it } from "vitest";
import { blocksOf } from "../../../../src/graph/svg/blocks.ts";
import { viewOf } from "../../../../src/graph/view.ts";
import { type NodeDraft, planOf } from "../../../fixtures/plans.ts";

function blocks(nodes: readonly NodeDraft[]): readonly string[] {
  const view = viewOf(planOf({ stages: [{ name: "s", nodes }] }));
  return blocksOf(view).all.map(({ title, nodes: own, layer, dimensions }) =>
    [title, own.length, layer, ...dimensions].join(" "),
  );
}

const cell = (name: string, os: string, more: Partial<NodeDraft> = {}): NodeDraft => ({
  name: `${name}[os=${os}]`,
  matrix: { os },
  ...more,
});

describe("blocksOf", () => {
  it("takes the cells of a matrix together, by name and dimensions", () => {
    expect(
      blocks([
        cell("unit", "linux"),
        { name: "lint" },
        cell("unit", "macos"),
        cell("e2e", "linux"),
        cell("e2e", "macos"),
      ]),
    ).toEqual(["unit 2 0 os", "lint 1 0", "e2e 2 0 os"]);
    expect(
      blocks([
        cell("unit", "linux"),
        { name: "unit[node=20]", matrix: { node: 20 } },
        cell("other", "linux"),
      ]),
    ).toEqual(["unit[os=linux] 1 0", "unit[node=20] 1 0", "other[os=linux] 1 0"]);
  });

  it("counts how deep a block stands in its stage", () => {
    expect(
      blocks([
        { name: "a" },
        { name: "b", needs: ["s/a"] },
        { name: "c", needs: ["s/b", "s/a"] },
        { name: "d", needs: ["s/a"] },
        cell("m", "linux"),
        cell("m", "macos", { needs: ["s/c"] }),
      ]),
    ).toEqual(["a 1 0", "b 1 1", "c 1 2", "d 1 1", "m 2 3 os"]);
  });

  it("draws cells one by one where they need each other, or others in between", () => {
    expect(blocks([cell("m", "linux"), cell("m", "macos", { needs: ["s/m[os=linux]"] })])).toEqual([
      "m[os=linux] 1 0",
      "m[os=macos] 1 1",
    ]);
    expect(
      blocks([
        cell("m", "linux"),
        { name: "x", needs: ["s/m[os=linux]"] },
        cell("m", "macos", { needs: ["s/x"] }),
        cell("n", "linux", { needs: ["s/m[os=macos]"] }),
        cell("n", "macos"),
      ]),
    ).toEqual(["m[os=linux] 1 0", "m[os=macos] 1 2", "x 1 1", "n[os=linux] 1 3", "n[os=macos] 1 0"]);
  });
});
