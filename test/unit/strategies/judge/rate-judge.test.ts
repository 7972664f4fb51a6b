import { describe, expect, test } from "vitest";
import { RateJudge, type RateWindow } from "../../../../src/strategies/judge/index.ts";

function window(candidate: [number, number], stable: [number, number]): RateWindow {
  return {
    candidate: { requests: candidate[0], bad: candidate[1] },
    stable: { requests: stable[0], bad: stable[1] },
  };
}

/** How many of these windows it takes, up to 1,000. */
function windowsUntil(judge: RateJudge, one: RateWindow, done: () => boolean): number {
  for (let count = 1; count <= 1_000; count += 1) {
    judge.add(one);
    if (done()) return count;
  }
  return Infinity;
}

describe("RateJudge", () => {
  test("fails a candidate that is much worse and passes one that is equal", () => {
    const worse = new RateJudge({ alpha: 0.01 });
    expect(windowsUntil(worse, window([150, 8], [2_850, 14]), () => worse.failed)).toBeLessThan(6);
    const equal = new RateJudge({ alpha: 0.01 });
    expect(windowsUntil(equal, window([1_500, 8], [1_500, 8]), () => equal.passedEarly)).toBeLessThan(10);
    expect(equal.failed).toBe(false);
  });

  test("tolerates up to 1.25 times stable's rate, for ever", () => {
    const judge = new RateJudge({ alpha: 0.01 });
    expect(windowsUntil(judge, window([10_000, 125], [10_000, 100]), () => judge.failed)).toBe(Infinity);
  });

  test("a smaller share of alpha needs more evidence", () => {
    const whole = new RateJudge({ alpha: 0.01 });
    const tenth = new RateJudge({ alpha: 0.001 });
    const one = window([150, 3], [2_850, 14]);
    expect(windowsUntil(tenth, one, () => tenth.failed)).toBeGreaterThan(
      windowsUntil(whole, one, () => whole.failed),
    );
  });

  test("does not fail a difference below 0.1 % of the requests, however certain", () => {
    const judge = new RateJudge({ alpha: 0.01 });
    const tiny = window([1_000_000, 500], [1_000_000, 50]);
    expect(windowsUntil(judge, tiny, () => judge.failed)).toBe(Infinity);
    expect(judge.convinced).toBe(true);
    const visible = new RateJudge({ alpha: 0.01 });
    expect(windowsUntil(visible, window([1_000_000, 1_200], [1_000_000, 50]), () => visible.failed)).toBe(3);
  });

  test("a new step keeps what speaks against the candidate and forgets what speaks for it", () => {
    const judge = new RateJudge({ alpha: 0.01 });
    while (!judge.passedEarly) judge.add(window([1_500, 8], [1_500, 8]));
    const { logEvidence, stepRequests } = judge;
    judge.beginStep();
    expect(judge.passedEarly).toBe(false);
    expect(judge.stepRequests).toBe(0);
    expect(stepRequests).toBeGreaterThan(0);
    expect(judge.logEvidence).toBe(logEvidence);
    expect(judge.totals.candidate.requests).toBe(stepRequests);
  });

  test("counts only requests that could be compared", () => {
    const judge = new RateJudge({ alpha: 0.01 });
    judge.add(window([400, 400], [0, 0]));
    judge.add(window([0, 0], [400, 0]));
    expect(judge.stepRequests).toBe(0);
    expect(judge.totals).toEqual({
      candidate: { requests: 0, bad: 0 },
      stable: { requests: 0, bad: 0 },
    });
    expect(judge.failed).toBe(false);
  });

  test("bursty: learns how stable varies before it judges, and asks for more than without", () => {
    const calm = new RateJudge({ alpha: 0.01 });
    const bursty = new RateJudge({ alpha: 0.01, bursty: true });
    const steady = new RateJudge({ alpha: 0.01, bursty: true });
    for (let index = 0; index < 12; index += 1) {
      const storm = index % 3 === 0 ? 60 : 1;
      calm.add(window([300, 6], [5_700, storm]));
      bursty.add(window([300, 6], [5_700, storm]));
      steady.add(window([300, 6], [5_700, 20]));
      if (index === 1) expect(bursty.logEvidence).toBe(0);
    }
    expect(bursty.logEvidence).toBeLessThan(calm.logEvidence / 5);
    expect(steady.failed).toBe(true);
  });
});
