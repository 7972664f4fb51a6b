import { describe, expect, it } from "vitest";
import { dot } from "../../../src/graph/dot.ts";
import { GRAPH_FORMATS, type GraphFormat, renderGraph } from "../../../src/graph/index.ts";
import { json } from "../../../src/graph/json.ts";
import { mermaid } from "../../../src/graph/mermaid.ts";
import { svg } from "../../../src/graph/svg.ts";
import { fivePlan } from "../../fixtures/plans.ts";

describe("renderGraph", () => {
  it("gives what the renderer of the format gives", async () => {
    const plan = fivePlan();
    const renderers = { mermaid, dot, svg, json };
    for (const format of GRAPH_FORMATS) {
      expect(await renderGraph(plan, format)).toBe(renderers[format](plan));
    }
  });

  it("throws on a format that there is not", async () => {
    await expect(renderGraph(fivePlan(), "png" as GraphFormat)).rejects.toThrow("unreachable");
  });
});
