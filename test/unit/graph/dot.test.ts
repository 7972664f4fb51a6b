import { describe, expect, it } from "vitest";
import { dot } from "../../../src/graph/dot.ts";
import { fivePlan, planOf } from "../../fixtures/plans.ts";
import { expectGolden, GOLDEN_PLANS } from "./golden.ts";

describe("dot", () => {
  // Every file here was laid out by Graphviz (`dot -Tsvg`).
  it.each(GOLDEN_PLANS)("writes the plan %s", (name, plan) => {
    expectGolden(`${name}.dot`, dot(plan));
  });

  it("gives each kind its shape and joins clusters by their stages", () => {
    const text = dot(fivePlan());
    expect(text).toMatch(/n0 \[label="unit\\nnpm test".*shape=box, style=""/);
    expect(text).toMatch(/n3 .*shape=hexagon/);
    expect(text).toMatch(/n4 .*shape=box, style="rounded"/);
    expect(text).toContain("n1 -> n2 [ltail=cluster_0, lhead=cluster_1");
  });

  it("gives a stage without nodes an end for its edges", () => {
    const text = dot(
      planOf({
        stages: [
          { name: "a", nodes: [] },
          { name: "b", nodes: [{ name: "x" }] },
        ],
      }),
    );
    expect(text).toContain("s0 [style=invis, shape=point]");
    expect(text).toContain("s0 -> n0 [ltail=cluster_0, lhead=cluster_1");
  });

  it.each([
    ['a"b', 'a\\"b'],
    ["a\\N\\", "a\\\\N\\\\"],
    ["&amp; <b>", "&amp;amp; <b>"],
    ["two\nlines", "two lines"],
    ["\u0000", "\ufffd"],
  ])("writes the name %j so that it is only text", (name, written) => {
    const plan = planOf({ stages: [{ name: "s", nodes: [{ name, with: null, uses: "x" }] }] });
    expect(dot(plan)).toContain(`n0 [label="${written}\\nx"`);
  });
});
