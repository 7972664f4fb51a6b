import { describe, expect, test } from "vitest";
import { combine, judgeStep } from "../../../../src/strategies/judge/index.ts";

describe("combine", () => {
  test.each([
    [["pass", "fail", "inconclusive"], false, "fail"],
    [["pass", "pass"], false, "pass"],
    [["pass", "continue"], false, "continue"],
    [["pass", "continue"], true, "inconclusive"],
    [["pass", "inconclusive"], true, "inconclusive"],
    [["pass", "pass"], true, "pass"],
    [[], true, "inconclusive"],
    [[], false, "continue"],
  ] as const)("%j, ended %s: %s", (outcomes, ended, expected) => {
    expect(combine(outcomes, ended)).toBe(expected);
  });
});

describe("judgeStep", () => {
  const open = { failed: false, passedEarly: false, samples: 0, minimum: 100 };

  test("goes on until the step has ended", () => {
    expect(judgeStep({ ...open, samples: 5_000 }, false)).toBe("continue");
  });

  test("an ended step passes with enough samples and is inconclusive with fewer", () => {
    expect(judgeStep({ ...open, samples: 100 }, true)).toBe("pass");
    expect(judgeStep({ ...open, samples: 99 }, true)).toBe("inconclusive");
  });

  test("a decision does not wait for the end, and a failure is above a pass", () => {
    expect(judgeStep({ ...open, passedEarly: true }, false)).toBe("pass");
    expect(judgeStep({ ...open, passedEarly: true, failed: true }, false)).toBe("fail");
  });
});
