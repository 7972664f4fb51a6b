import { describe, expect, it } from "vitest";
import { type Layout, layoutOf } from "../../../../src/graph/svg/layout.ts";
import { viewOf } from "../../../../src/graph/view.ts";
import { fiftyPlan, fortyJobsPlan, layeredPlan, planOf, twoHundredPlan } from "../../../fixtures/plans.ts";
import { GOLDEN_PLANS } from "../golden.ts";
import { crossings, onEachOther, overlapping, slanted, throughCards } from "./geometry.ts";

const lay = (plan: Parameters<typeof viewOf>[0], width = 1_520): Layout => layoutOf(viewOf(plan), width);

const PLANS = [
  ...GOLDEN_PLANS,
  ["two hundred", twoHundredPlan()],
  ["three wide stages", layeredPlan("wide", 3, 60)],
] as const;

describe.each(PLANS)("the layout of the plan %s", (_, plan) => {
  it.each([800, 1_520, 100_000])("keeps lines off cards and off each other at %i pixels", (width) => {
    const layout = lay(plan, width);
    expect(slanted(layout)).toEqual([]);
    expect(throughCards(layout)).toEqual([]);
    expect(onEachOther(layout)).toEqual([]);
  });

  it("lets no card and no stage stand on another, and everything inside the picture", () => {
    const layout = lay(plan);
    expect(overlapping(layout.blocks)).toEqual([]);
    expect(overlapping(layout.stages)).toEqual([]);
    for (const box of [...layout.blocks, ...layout.stages]) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
      expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
    }
    for (const point of layout.nets.flatMap(({ ways }) => ways.flatMap((way) => way.points))) {
      expect(point.x).toBeGreaterThan(0);
      expect(point.x).toBeLessThan(layout.width);
      expect(point.y).toBeGreaterThan(0);
      expect(point.y).toBeLessThan(layout.height);
    }
  });

  it("puts every node in its stage", () => {
    const layout = lay(plan);
    for (const block of layout.blocks) {
      const stage = layout.stages.find((one) => one.stage.index === block.block.stage);
      expect(stage).toBeDefined();
      if (stage === undefined) continue;
      expect(block.x).toBeGreaterThan(stage.x);
      expect(block.x + block.width).toBeLessThan(stage.x + stage.width);
      expect(block.y).toBeGreaterThan(stage.y);
      expect(block.y + block.height).toBeLessThan(stage.y + stage.height);
    }
    const drawn = layout.blocks.flatMap(({ block }) => block.nodes.map((node) => node.node.id));
    expect([...drawn].sort()).toEqual(plan.nodes.map((node) => node.id).sort());
  });
});

describe("layoutOf", () => {
  it("wraps a stage of forty jobs into columns", () => {
    const xs = new Set(
      lay(fortyJobsPlan())
        .blocks.filter(({ block }) => block.stage === 1)
        .map((box) => box.x),
    );
    expect(xs.size).toBe(5);
  });

  it("lets a very large stage grow down rather than out of sight", () => {
    const layout = lay(layeredPlan("x", 1, 400));
    expect(layout.width).toBeLessThan(1_700);
  });

  it("keeps crossings few", () => {
    expect(crossings(lay(fiftyPlan()))).toBeLessThanOrEqual(16);
  });

  it("exchanges jobs where that avoids a crossing, and only then", () => {
    const names = (needs: readonly string[]): readonly string[] => {
      const plan = planOf({
        stages: [
          { name: "a", nodes: [{ name: "1" }, { name: "2" }] },
          { name: "b", nodes: needs.map((need, index) => ({ name: `${index}`, needs: [`a/${need}`] })) },
        ],
      });
      const own = lay(plan).blocks.filter(({ block }) => block.stage === 1);
      return own.toSorted((a, b) => a.y - b.y).map(({ block }) => block.title);
    };
    expect(names(["2", "1"])).toEqual(["1", "0"]);
    expect(names(["1", "2"])).toEqual(["0", "1"]);
    expect(names(["2", "2"])).toEqual(["0", "1"]);
  });

  it("does about ten times the work for ten times the nodes", () => {
    const few = lay(layeredPlan("x", 4, 50)).steps;
    const many = lay(layeredPlan("x", 40, 50)).steps;
    expect(few).toBeGreaterThan(0);
    expect(many).toBeLessThan(few * 25);
    expect(many).toBeLessThan(2_000 * 200);
    // Also where the stages are wide instead of many.
    expect(lay(layeredPlan("x", 2, 1_000)).steps).toBeLessThan(2_000 * 400);
  });
});
