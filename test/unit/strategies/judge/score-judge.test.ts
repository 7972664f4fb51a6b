import { describe, expect, test } from "vitest";
import { ScoreJudge } from "../../../../src/strategies/judge/index.ts";
import { seeded } from "../../../property/strategies/random.ts";

const STAKES = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

describe("ScoreJudge", () => {
  test("is the published mean of products", () => {
    const judge = new ScoreJudge({ alpha: 0.01 });
    const pairs = [
      { baseline: 0.9, candidate: 0.4 },
      { baseline: 0.5, candidate: 0.6 },
      { baseline: 1, candidate: 0 },
    ];
    for (const pair of pairs) judge.add(pair);
    const wealth = STAKES.map((stake) =>
      pairs
        .map(({ baseline, candidate }) => 1 + (stake / 1.02) * (baseline - candidate - 0.02))
        .reduce((product, factor) => product * factor, 1),
    );
    const mean = wealth.reduce((sum, one) => sum + one, 0) / STAKES.length;
    expect(Math.exp(judge.logEvidence)).toBeCloseTo(mean, 10);
  });

  test("fails a large drop soon and passes equal scores early", () => {
    const worse = new ScoreJudge({ alpha: 0.01 });
    const equal = new ScoreJudge({ alpha: 0.01 });
    for (let index = 0; index < 100; index += 1) {
      worse.add({ baseline: 0.9, candidate: 0.6 });
      equal.add({ baseline: 0.9, candidate: 0.9 });
    }
    expect(worse.failed).toBe(true);
    expect(worse.passedEarly).toBe(false);
    expect(equal.failed).toBe(false);
    expect(equal.passedEarly).toBe(true);
    equal.beginStep();
    expect(equal.passedEarly).toBe(false);
    expect(equal.stepPairs).toBe(0);
    expect(equal.totals).toMatchObject({ pairs: 100, baseline: expect.closeTo(0.9, 9) });
  });

  test("seldom fails a drop at the edge of what is tolerated, however long it looks", () => {
    const runs = 400;
    let failed = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = seeded(run + 1);
      const judge = new ScoreJudge({ alpha: 0.01 });
      for (let pair = 0; pair < 1_000 && !judge.failed; pair += 1) {
        const baseline = random() < 0.82 ? 1 : 0;
        judge.add({ baseline, candidate: random() < 0.8 ? 1 : 0 });
      }
      if (judge.failed) failed += 1;
    }
    expect(failed / runs).toBeLessThanOrEqual(0.01 + 3 * Math.sqrt((0.01 * 0.99) / runs));
  });

  test("seldom passes early a drop that must be ruled out", () => {
    const runs = 400;
    let passed = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = seeded(run + 1);
      const judge = new ScoreJudge({ alpha: 0.01 });
      for (let pair = 0; pair < 300 && !judge.passedEarly; pair += 1) {
        judge.add({ baseline: random() < 0.9 ? 1 : 0, candidate: random() < 0.8 ? 1 : 0 });
      }
      if (judge.passedEarly) passed += 1;
    }
    expect(passed / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
    expect(passed).toBeGreaterThan(0);
  });
});
