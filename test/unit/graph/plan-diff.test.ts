import { describe, expect, it } from "vitest";
import { planDiff, type PlanChange } from "../../../src/graph/plan-diff.ts";
import type { Plan, PlanNode, PlanStage } from "../../../src/model/index.ts";
import { command, fiftyPlan, fivePlan, NO_RETRY, planOf } from "../../fixtures/plans.ts";

function withNode(plan: Plan, id: string, change: Partial<PlanNode>): Plan {
  return { ...plan, nodes: plan.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) };
}

function withStage(plan: Plan, name: string, change: Partial<PlanStage>): Plan {
  return {
    ...plan,
    stages: plan.stages.map((stage) => (stage.name === name ? { ...stage, ...change } : stage)),
  };
}

const five = fivePlan();
const brief = (change: PlanChange): string =>
  `${change.impact}: ${change.name} ${change.field ?? change.change} ${String(change.before)} -> ${String(change.after)}`;
const diff = (after: Plan): readonly string[] => planDiff(five, after).map(brief);

describe("planDiff", () => {
  it("finds nothing between equal plans, and nothing in a moved line", () => {
    expect(planDiff(fiftyPlan(), fiftyPlan())).toEqual([]);
    const moved = withNode(five, "verify/unit", { source: { file: "pipeline.ts", line: 12 } });
    expect(planDiff(five, moved)).toEqual([]);
  });

  it.each<[Partial<PlanNode>, string]>([
    [{ timeout: 600_000 }, "harmless: verify/unit timeout 5m -> 10m"],
    [{ timeout: null }, "harmless: verify/unit timeout 5m -> no limit"],
    [{ retry: NO_RETRY }, "harmless: verify/unit retry up to 3 attempts -> up to 1 attempts"],
    [{ grace: 1_500 }, "harmless: verify/unit grace 10s -> 1s500ms"],
    [{ weight: 2 }, "harmless: verify/unit weight 1 -> 2"],
    [{ locks: ["db"] }, "harmless: verify/unit locks none -> db"],
    [
      { cache: { inputs: ["src/**"], env: ["MODE"], tools: ["node --version"] } },
      "harmless: verify/unit cache nothing -> src/**; env MODE",
    ],
    [{ effects: true }, "harmless: verify/unit effects false -> true"],
    [{ matrix: { os: "linux" } }, "harmless: verify/unit matrix null -> { os: linux }"],
    [
      { with: command("npm test -- --coverage") },
      "breaking: verify/unit command npm test -> npm test -- --coverage",
    ],
    [{ uses: "function" }, "breaking: verify/unit uses shell -> function"],
    [{ kind: "gate" }, "breaking: verify/unit kind job -> gate"],
    [{ stage: "package" }, "breaking: verify/unit stage verify -> package"],
    [{ needs: ["verify/lint"] }, "breaking: verify/unit needs none -> verify/lint"],
    [{ skipWith: ["verify/lint"] }, "breaking: verify/unit skipWith none -> verify/lint"],
    [
      { when: { kind: "branch", patterns: ["main"] } },
      "breaking: verify/unit when always -> branch matches main",
    ],
    [{ secrets: ["token"] }, "breaking: verify/unit secrets none -> token"],
    [{ artifacts: { dist: ["dist/**"] } }, 'breaking: verify/unit artifacts {} -> { dist: ["dist/**"] }'],
    [{ evidence: [{ gate: "g", node: "a/g" }] }, "breaking: verify/unit evidence none -> g (a/g)"],
  ])("sees the change %j of a node", (change, text) => {
    expect(diff(withNode(five, "verify/unit", change))).toEqual([text]);
  });

  it("sees every other member of what a node runs by its path", () => {
    const unit = five.nodes.find((node) => node.id === "verify/unit")?.with as object;
    expect(diff(withNode(five, "verify/unit", { with: { ...unit, env: { CI: "1" }, cwd: "a" } }))).toEqual([
      "breaking: verify/unit with.env.CI null -> 1",
      "breaking: verify/unit with.cwd null -> a",
    ]);
    const approval = {
      subject: { $artifact: "package/build", name: "dist", path: [] },
      check: { message: "Sure?" },
    };
    expect(diff(withNode(five, "release/approval", { with: approval }))).toEqual([
      'breaking: release/approval with.check.message null -> "Sure?"',
    ]);
    expect(diff(withNode(five, "verify/unit", { with: "text" }))).toHaveLength(1);
  });

  it.each<[Partial<PlanStage>, string]>([
    [{ after: [] }, "breaking: package after verify -> none"],
    [{ when: { kind: "tag", patterns: ["v*"] } }, "breaking: package when always -> tag matches v*"],
    [{ finally: true }, "breaking: package finally false -> true"],
    [{ onFailure: "cancel" }, "harmless: package onFailure finish -> cancel"],
  ])("sees the change %j of a stage", (change, text) => {
    expect(diff(withStage(five, "package", change))).toEqual([text]);
  });

  it.each<[Partial<Plan>, string]>([
    [{ pipeline: "shop" }, "breaking: shop name web -> shop"],
    [{ params: { cloud: "aws" } }, "breaking: web params { cloud: local } -> { cloud: aws }"],
    [{ passEnv: ["A_*"] }, "breaking: web passEnv none -> A_*"],
    [
      { secrets: [{ name: "k", source: "env", with: "K" }] },
      "breaking: web secrets none -> [{ name: k, source: env, with: K }]",
    ],
  ])("sees the change %j of the pipeline", (change, text) => {
    expect(diff({ ...five, ...change })).toEqual([text]);
  });

  it("sees nodes and stages that came and went", () => {
    const before = planOf({ stages: [{ name: "a", nodes: [{ name: "x" }, { name: "y" }] }] });
    const after = planOf({
      stages: [
        { name: "a", nodes: [{ name: "y" }, { name: "z" }] },
        { name: "b", nodes: [{ name: "x", kind: "gate", uses: "gate:junit", with: null }] },
      ],
    });
    expect(planDiff(before, after).map(brief)).toEqual([
      "breaking: b added null -> 1 node",
      "breaking: a/x removed job: npm run x -> null",
      "breaking: a/z added null -> job: npm run z",
      "breaking: b/x added null -> gate: junit",
    ]);
  });

  it("takes another order of declaration as harmless", () => {
    const before = planOf({ stages: [{ name: "a", nodes: [{ name: "x" }, { name: "y" }] }] });
    const after = planOf({ stages: [{ name: "a", nodes: [{ name: "y" }, { name: "x" }] }] });
    expect(planDiff(before, after).map((change) => [change.impact, change.scope, change.field])).toEqual([
      ["harmless", "pipeline", "order of nodes"],
      ["harmless", "stage", "order of nodes"],
    ]);
  });

  it("shows the JSON of values that differ and read the same", () => {
    const part = (quote: string): Plan =>
      withNode(five, "verify/unit", {
        with: { ...(command() as object), command: ["echo ", { value: "a", quote }] },
      });
    expect(planDiff(part("bare"), part("single"))).toMatchObject([
      {
        field: "command",
        before: '["echo ",{"quote":"bare","value":"a"}]',
        after: '["echo ",{"quote":"single","value":"a"}]',
      },
    ]);
  });
});
