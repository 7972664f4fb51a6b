import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { svg } from "../../../src/graph/svg.ts";
import { fiftyPlan, fivePlan, onePlan, planOf } from "../../fixtures/plans.ts";
import { expectGolden, GOLDEN_PLANS } from "./golden.ts";
import { wellFormed } from "./xml.ts";

describe("svg", () => {
  it.each(GOLDEN_PLANS)("draws the plan %s", (name, plan) => {
    const text = svg(plan);
    expect(wellFormed(text)).toBe(true);
    expectGolden(`${name}.svg`, text);
  });

  it("says what it shows to those who cannot see it", () => {
    const root = (
      new XMLParser({ ignoreAttributes: false }).parse(svg(fivePlan())) as {
        svg: Record<string, unknown> & {
          title: Record<string, string>;
          desc: Record<string, string>;
        };
      }
    ).svg;
    expect(root["@_role"]).toBe("img");
    expect(root["@_aria-labelledby"]).toBe(`${root.title["@_id"] ?? ""} ${root.desc["@_id"] ?? ""}`);
    expect(root.title["#text"]).toBe("Pipeline web");
    expect(root.desc["#text"]).toBe(
      "3 stages · 3 jobs · 1 gate · 1 deploy. Stage verify: unit, lint. Stage package: build. " +
        "Stage release (when tag matches v*): gate approval, deploy web.",
    );
  });

  it("stands alone and follows the reader's light or dark", () => {
    const text = svg(fiftyPlan());
    expect(text).toContain("@media (prefers-color-scheme:dark)");
    expect(text).not.toMatch(/<script|<image|<foreignObject|@import|url\(|href|javascript:/i);
    expect(text.match(/https?:[^"' ]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  });

  it("shortens long names and keeps them whole in the tooltip", () => {
    const name = "a-name-that-is-much-too-long-for-any-card-to-hold";
    const text = svg(planOf({ stages: [{ name: "s", nodes: [{ name }] }] }));
    expect(text).toContain(`<title>s/${name} (job, shell)\n`);
    expect(text).toMatch(/<text class="t"[^>]*>a-name-that[\w-]*…<\/text>/);
    expect(text).not.toContain(`>${name}<`);
  });

  it("shows that a name is blank", () => {
    expect(svg(planOf({ stages: [{ name: "s", nodes: [{ name: " " }] }] }))).toContain(">(no name)<");
  });

  it("explains in the legend only where it occurs", () => {
    expect(svg(onePlan())).not.toMatch(/>gate<|>deploy<|>needs|>stage after stage</);
    const text = svg(fiftyPlan());
    for (const entry of ["job", "gate", "deploy", "stage after stage", "passed a gate", "uses a release"]) {
      expect(text).toContain(`>${entry}</text>`);
    }
  });

  it("lets stages go on in another row where it would become too wide", () => {
    const width = (maxWidth: number): number =>
      Number(/ width="(\d+)"/.exec(svg(fiftyPlan(), { maxWidth }))?.[1]);
    expect(width(1_520)).toBeLessThan(1_700);
    expect(width(1_200)).toBeLessThan(width(1_520));
    expect(width(10_000)).toBeGreaterThan(4_000);
  });

  it("has ids of its own for every plan, so that two drawings can stand in one page", () => {
    const ids = (text: string): readonly string[] => text.match(/ id="[^"]*"/g) ?? [];
    expect(ids(svg(onePlan()))).toHaveLength(2);
    expect(new Set([...ids(svg(onePlan())), ...ids(svg(fivePlan()))]).size).toBe(4);
  });
});
