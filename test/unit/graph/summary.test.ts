import { describe, expect, it } from "vitest";
import { summaryOf } from "../../../src/graph/summary.ts";
import type { PlanNode } from "../../../src/model/index.ts";
import { command, deployOf, planOf, ref, ROLLING } from "../../fixtures/plans.ts";

function summary(node: Partial<PlanNode>): string {
  const [first] = planOf({ stages: [{ name: "s", nodes: [{ name: "x", ...node }] }] }).nodes;
  return first === undefined ? "" : summaryOf(first);
}

describe("summaryOf", () => {
  it.each<[Partial<PlanNode>, string]>([
    [{ with: command("npm test") }, "npm test"],
    [{ uses: "function", with: { function: "check", needs: {} } }, "check()"],
    [{ uses: "function", with: { function: null } }, "function"],
    [{ uses: "image", with: { context: ".", tags: [], push: true } }, "image · context ., push true"],
    [{ uses: "noop", with: null }, "noop"],
    [{ uses: "shell", with: { odd: 1 } }, "shell · odd 1"],
    [
      { kind: "gate", uses: "gate:coverage", with: { subject: ref("a/b"), check: { lines: 0.8 } } },
      "coverage · lines 0.8",
    ],
    [
      { kind: "gate", uses: "gate:approval", with: { subject: ref("a/b"), check: { message: null } } },
      "approval",
    ],
    [
      { kind: "gate", uses: "gate:predicate", with: { subject: ref("a/b"), check: { function: "isSmall" } } },
      "isSmall()",
    ],
    [
      { kind: "deploy", uses: "deploy:local", with: deployOf("local", "prod", ref("a/b"), ROLLING) },
      "local prod · rolling",
    ],
    [
      {
        kind: "deploy",
        uses: "deploy:eks",
        with: deployOf("eks", "prod", ref("a/b"), { kind: "canary", spec: { steps: [5, 50] } }),
      },
      "eks prod · canary 5/50 %",
    ],
    [{ kind: "deploy", uses: "deploy:odd", with: null }, "odd"],
  ])("summarises %j", (node, text) => {
    expect(summary(node)).toBe(text);
  });
});
