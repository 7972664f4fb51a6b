import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { planDiffText } from "../../../src/graph/plan-diff-text.ts";
import { planDiff } from "../../../src/graph/plan-diff.ts";
import type { Plan } from "../../../src/model/index.ts";
import { command, fiftyPlan, planOf } from "../../fixtures/plans.ts";
import { expectGolden } from "./golden.ts";
import { knowWidths } from "../../fixtures/know-widths.ts";

beforeAll(knowWidths);

function changed(plan: Plan): Plan {
  const nodes = plan.nodes
    .filter((node) => node.id !== "verify/licences")
    .map((node) => {
      switch (node.id) {
        case "verify/lint":
          return {
            ...node,
            with: command("npx eslint . --max-warnings 0 --cache --cache-location .cache/eslint"),
          };
        case "verify/audit":
          return { ...node, timeout: 120_000, retry: { ...node.retry, attempts: 5 } };
        case "evaluate/toxicity":
          return { ...node, when: null };
        case "production/api-aws":
          return { ...node, evidence: node.evidence.slice(1) };
        default:
          return node;
      }
    });
  return { ...plan, params: { ...plan.params, cloud: "gcp" }, nodes };
}

describe("planDiffText", () => {
  const changes = planDiff(fiftyPlan(), changed(fiftyPlan()));

  it("shows breaking changes first, each with before and after", () => {
    expectGolden("difference.txt", planDiffText(changes));
  });

  it("keeps within its columns and says the same in colours", () => {
    const lines = planDiffText(changes, { columns: 60 }).split("\n");
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(60);
    const coloured = planDiffText(changes, { color: true });

    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(planDiffText(changes));
    expect(coloured).not.toBe(planDiffText(changes));
  });

  it("says so where there is no difference", () => {
    expect(planDiffText([])).toBe("no difference\n");
  });

  it("lets nothing in a plan move the cursor", () => {
    const plan = (text: string): Plan =>
      planOf({ stages: [{ name: "a", nodes: [{ name: "x", with: command(text) }] }] });
    expect(planDiffText(planDiff(plan("a"), plan("\u001b[2Jb\nc")))).toBe(
      "1 breaking change\n  ~ a/x: command\n      - a\n      + \ufffd[2Jb\n        c\n",
    );
  });
});
