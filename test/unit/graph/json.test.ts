import { describe, expect, it } from "vitest";
import { GRAPH_VERSION, graphJson, json } from "../../../src/graph/json.ts";
import { fiftyPlan, fivePlan } from "../../fixtures/plans.ts";
import { expectGolden, GOLDEN_PLANS } from "./golden.ts";

describe("json", () => {
  it.each(GOLDEN_PLANS)("writes the plan %s", (name, plan) => {
    expectGolden(`${name}.json`, json(plan));
  });

  it("is the text of graphJson", () => {
    expect(JSON.parse(json(fivePlan()))).toEqual(graphJson(fivePlan()));
  });

  it("names every node, stage and edge", () => {
    const graph = graphJson(fivePlan());
    expect(graph.version).toBe(GRAPH_VERSION);
    expect(graph.nodes.map((node) => node.id)).toEqual([
      "verify/unit",
      "verify/lint",
      "package/build",
      "release/approval",
      "release/web",
    ]);
    expect(graph.stages.map((stage) => [stage.id, stage.condition])).toEqual([
      ["verify", null],
      ["package", null],
      ["release", "tag matches v*"],
    ]);
    expect(graph.edges).toEqual([
      { scope: "node", from: "package/build", to: "release/approval", kinds: ["needs"], label: null },
      {
        scope: "node",
        from: "release/approval",
        to: "release/web",
        kinds: ["needs", "evidence"],
        label: null,
      },
      { scope: "stage", from: "verify", to: "package", always: false },
      { scope: "stage", from: "package", to: "release", always: false },
    ]);
  });

  it("says why an edge is there", () => {
    const edges = graphJson(fiftyPlan()).edges.filter((edge) => edge.scope === "node");
    const edge = (from: string, to: string): unknown =>
      edges.find((one) => one.from === from && one.to === to);
    expect(edge("evaluate/answers", "production/api-aws")).toMatchObject({ kinds: ["evidence"] });
    expect(edge("production/verify-aws", "production/announce")).toMatchObject({
      kinds: ["needs", "condition"],
      label: "exitCode = 0",
    });
  });
});
