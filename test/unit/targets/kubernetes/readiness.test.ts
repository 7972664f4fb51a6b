import { describe, expect, it } from "vitest";
import { judgeReadiness } from "../../../../src/targets/kubernetes/readiness/judge.ts";
import { readinessCases } from "../../../fixtures/kubernetes/readiness-cases.ts";

describe("readiness", () => {
  it.each(readinessCases.map((one) => [`${one.object.kind}: ${one.name}`, one] as const))(
    "%s",
    (_name, { object, applied, state, says }) => {
      const verdict = judgeReadiness(object, applied);
      expect(verdict.state).toBe(state);
      expect(verdict.text).toContain(says);
    },
  );

  it("covers at least 60 states", () => {
    expect(readinessCases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(readinessCases.map((one) => `${one.object.kind} ${one.name}`)).size).toBe(
      readinessCases.length,
    );
  });
});
