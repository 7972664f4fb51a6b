import { describe, expect, it } from "vitest";
import { mermaid } from "../../../src/graph/mermaid.ts";
import { diamondPlan, fivePlan, planOf } from "../../fixtures/plans.ts";
import { expectGolden, GOLDEN_PLANS } from "./golden.ts";

describe("mermaid", () => {
  // Every file here was parsed and drawn by Mermaid 11.
  it.each(GOLDEN_PLANS)("writes the plan %s", (name, plan) => {
    expectGolden(`${name}.mmd`, mermaid(plan));
  });

  it("gives each kind its shape and each condition its edge", () => {
    const text = mermaid(fivePlan());
    expect(text).toMatch(/^ {4}n0\["unit/m);
    expect(text).toMatch(/^ {4}n3\{\{"approval/m);
    expect(text).toMatch(/^ {4}n4\(\["web/m);
    expect(text).toContain('s1 ==>|"when tag matches v#42;"| s2');
    expect(text).toContain('n3 -->|"requires approval"| n4');
  });

  it("draws the stages that each stage waits for", () => {
    const arrows = mermaid(diamondPlan()).match(/s\d ==> s\d/g);
    expect(arrows).toEqual(["s0 ==> s1", "s0 ==> s2", "s0 ==> s3", "s1 ==> s4", "s2 ==> s4"]);
  });

  it("puts the condition of a stage that begins the run in its title", () => {
    const plan = planOf({
      stages: [{ name: "a", when: { kind: "branch", patterns: ["main"] }, nodes: [{ name: "x" }] }],
    });
    expect(mermaid(plan)).toContain('subgraph s0["a<br/>when branch matches main"]');
  });

  it("lets a finally follow the stages that nothing else follows", () => {
    const plan = planOf({
      stages: [
        { name: "a", nodes: [{ name: "x" }] },
        { name: "b", after: ["a"], nodes: [{ name: "x" }] },
        { name: "c", after: ["a"], nodes: [{ name: "x" }] },
        { name: "end", finally: true, nodes: [{ name: "x" }] },
      ],
    });
    expect(mermaid(plan).match(/s\d -\.->.*$/gm)).toEqual(['s1 -.->|"always"| s3', 's2 -.->|"always"| s3']);
  });

  it.each([
    ['a"b', "a#34;b"],
    ["1. one", "#49;. one"],
    ["- one", "#45; one"],
    ["<b>&amp;", "#60;b#62;#38;amp#59;"],
    ["`x` *y* _z_", "#96;x#96; #42;y#42; #95;z#95;"],
    ["%%{init}%%", "#37;#37;#123;init#125;#37;#37;"],
    ["漢字 é", "漢字 é"],
    ["ﬂ°°", "fl#176;#176;"],
    ["fa:fa-car", "fa#58;#8203;fa-car"],
    ["a\u202eb\u0007c", "a#65533;b#65533;c"],
  ])("writes the name %j so that it is only text", (name, written) => {
    const plan = planOf({ stages: [{ name: "s", nodes: [{ name, with: null, uses: "x" }] }] });
    expect(mermaid(plan)).toContain(`n0["${written}<br/>`);
  });

  it("leaves out edges from nodes that the plan does not have", () => {
    const plan = planOf({ stages: [{ name: "s", nodes: [{ name: "a", needs: ["s/gone", "s/a"] }] }] });
    expect(mermaid(plan)).not.toContain("-->");
  });
});
