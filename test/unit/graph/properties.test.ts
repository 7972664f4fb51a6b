import fc from "fast-check";

import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { dot } from "../../../src/graph/dot.ts";
import { json } from "../../../src/graph/json.ts";
import { mermaid } from "../../../src/graph/mermaid.ts";
import { planDiff } from "../../../src/graph/plan-diff.ts";
import { planText } from "../../../src/graph/plan-text.ts";
import { layoutOf } from "../../../src/graph/svg/layout.ts";
import { svg } from "../../../src/graph/svg.ts";
import { viewOf } from "../../../src/graph/view.ts";
import type { Plan } from "../../../src/model/index.ts";
import { canonicalJson } from "../../../src/util/canonical-json.ts";
import { arbitraryPlan } from "./arbitrary-plan.ts";
import { wellFormed } from "./xml.ts";
import { onEachOther, overlapping, slanted, throughCards } from "./svg/geometry.ts";
import { knowWidths } from "../../fixtures/know-widths.ts";

beforeAll(knowWidths);

const RUNS = { numRuns: 150 };

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

describe("any plan", () => {
  it("becomes well-formed XML", () => {
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const text = svg(plan);
        expect(wellFormed(text)).toBe(true);
        expect(text).not.toMatch(FORBIDDEN);
        // Between tags no bracket or ampersand of a name is left as it was.
        expect(text.replace(/<[^<>]*>/g, "").replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toMatch(/[<>&]/);
      }),
      RUNS,
    );
  });

  it("becomes DOT in which nothing leaves its quotes", () => {
    const line =
      /^(digraph pipeline \{| *(graph|node|edge|[ns]\d+|[ns]\d+ -> [ns]\d+)( \[[\w=,#. ]*\])?| {2}subgraph cluster_\d+ \{| *\})$/;
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const bare = dot(plan).replace(/"(?:[^"\\\n]|\\[\\"n])*"/g, "Q");
        for (const one of bare.trimEnd().split("\n")) expect(one).toMatch(line);
      }),
      RUNS,
    );
  });

  it("becomes Mermaid with nothing but letters, digits, harmless marks and entities in its labels", () => {
    const label = /^"(?:[\p{L}\p{N} ,./@()·…-]|#\d+;|<br\/>)*"$/u;
    const line =
      /^(flowchart LR| {2}subgraph s\d+\[Q\]| {4}n\d+(\[Q\]|\{\{Q\}\}|\(\[Q\]\))| {2}end| {2}s\d+ (==>|-\.->)(\|Q\|)? s\d+| {2}n\d+ -->(\|Q\|)? n\d+| {2}classDef \w+ [\w:# -]+| {2}class [ns]\d+(,[ns]\d+)* \w+)$/;
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const text = mermaid(plan);
        for (const one of text.match(/"[^"\n]*"/g) ?? []) expect(one).toMatch(label);
        for (const one of text
          .replace(/"[^"\n]*"/g, "Q")
          .trimEnd()
          .split("\n"))
          expect(one).toMatch(line);
      }),
      RUNS,
    );
  });

  it("becomes JSON with all of its nodes", () => {
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const graph = JSON.parse(json(plan)) as { nodes: { id: string }[] };
        expect(graph.nodes.map((node) => node.id).sort()).toEqual(plan.nodes.map((node) => node.id).sort());
      }),
      RUNS,
    );
  });

  it("is laid out with lines off cards and cards off each other", () => {
    fc.assert(
      fc.property(arbitraryPlan, fc.integer({ min: 300, max: 3_000 }), (plan, width) => {
        const layout = layoutOf(viewOf(plan), width);
        expect(slanted(layout)).toEqual([]);
        expect(throughCards(layout)).toEqual([]);
        expect(overlapping(layout.blocks)).toEqual([]);
        expect(overlapping(layout.stages)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("is laid out without lines from different nodes on each other", () => {
    // Moving lines apart is a heuristic: the seed is fixed so that a rare miss cannot come and go.
    fc.assert(
      fc.property(arbitraryPlan, fc.integer({ min: 300, max: 3_000 }), (plan, width) => {
        expect(onEachOther(layoutOf(viewOf(plan), width))).toEqual([]);
      }),
      { ...RUNS, seed: 2_024 },
    );
  });

  it("is laid out with every edge of the plan drawn, or implied by those drawn", () => {
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const view = viewOf(plan);
        const drawn = layoutOf(view, 1_500).nets.flatMap(({ ways }) =>
          ways.flatMap(({ target }) => target.edges),
        );
        const reach = reachable(view.nodes.length, drawn);
        for (const { from, to } of view.edges) expect(reach[from]?.has(to)).toBe(true);
        expect(new Set(drawn).size).toBe(drawn.length);
      }),
      RUNS,
    );
  });

  it("becomes plain text within its columns", () => {
    fc.assert(
      fc.property(arbitraryPlan, fc.integer({ min: 40, max: 140 }), (plan, columns) => {
        const text = planText(plan, { color: false, columns });

        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u);
        for (const line of text.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }),
      RUNS,
    );
  });

  it("gives the same text each time", () => {
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        const copy = JSON.parse(JSON.stringify(plan)) as Plan;
        for (const render of [svg, dot, mermaid, json]) expect(render(copy)).toBe(render(plan));
      }),
      { numRuns: 40 },
    );
  });
});

describe("the difference of two plans", () => {
  it("is empty exactly where they say the same", () => {
    const body = (plan: Plan): string =>
      canonicalJson({
        ...plan,
        fingerprint: undefined,
        nodes: plan.nodes.map((node) => ({ ...node, source: null })),
      });
    fc.assert(
      fc.property(arbitraryPlan, arbitraryPlan, fc.nat(), (plan, other, seed) => {
        expect(planDiff(plan, plan)).toEqual([]);
        const mixed = mix(plan, other, seed);
        expect(planDiff(plan, mixed).length === 0).toBe(body(plan) === body(mixed));
        expect(planDiff(mixed, plan).length === 0).toBe(body(plan) === body(mixed));
      }),
      RUNS,
    );
  });
});

/** The first plan with one node's field from a node of the second one. */
function mix(plan: Plan, other: Plan, seed: number): Plan {
  const source = other.nodes[seed % Math.max(1, other.nodes.length)];
  const index = seed % Math.max(1, plan.nodes.length);
  const fields = ["kind", "needs", "when", "uses", "with", "matrix", "evidence"] as const;
  const field = fields[seed % fields.length] ?? "with";
  if (source === undefined) return plan;
  return {
    ...plan,
    nodes: plan.nodes.map((node, at) => (at === index ? { ...node, [field]: source[field] } : node)),
  };
}

function reachable(
  count: number,
  edges: readonly { readonly from: number; readonly to: number }[],
): readonly Set<number>[] {
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) after[from]?.push(to);
  return after.map((_, start) => {
    const seen = new Set<number>();
    const queue = [start];
    for (const one of queue) {
      for (const next of after[one] ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return seen;
  });
}
