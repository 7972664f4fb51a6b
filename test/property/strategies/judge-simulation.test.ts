import { describe, expect, test } from "vitest";
import { RateJudge, type RateJudgeOptions } from "../../../src/strategies/judge/index.ts";
import { binomial, exponential, poisson, type Random, seeded } from "./random.ts";

/**
 * Whether the judge does what its documentation says: 48 minutes in windows of 30 s, 24 of them at each weight, 0.5 %
 * errors at stable. `SLUICE_SIMULATION=full` runs 2,000 rollouts a row and allows no sampling error.
 */
const FULL = process.env["SLUICE_SIMULATION"] === "full";
const RUNS = FULL ? 2_000 : 400;
const WEIGHTS = [5, 10, 25, 50];
const WINDOWS_PER_WEIGHT = 24;
const WINDOW_SECONDS = 30;
const STABLE_RATE = 0.005;
const ALPHA = 0.01;

interface Row {
  /** Requests per second, both sides. */
  readonly load: number;
  /** How many times stable's error rate the candidate has. */
  readonly ratio: number;
  readonly judge: Pick<RateJudgeOptions, "bursty" | "capExponent">;
  /** Errors come in independent storms: each window's rate is multiplied by an exponential variate. */
  readonly storms?: boolean;
  /** Rollouts failed, in per cent, as published. */
  readonly failed: number;
  /** Minutes to the failure, as published. */
  readonly median?: number;
}

const capped = {};
const uncapped = { capExponent: null };
const bursty = { bursty: true };

const ROWS: readonly (readonly [string, Row])[] = [
  ["no regression, 20/s", { load: 20, ratio: 1, judge: capped, failed: 0 }],
  ["no regression, 2/s", { load: 2, ratio: 1, judge: capped, failed: 0.1 }],
  ["no regression, 200/s", { load: 200, ratio: 1, judge: capped, failed: 0 }],
  ["2x at 20/s", { load: 20, ratio: 2, judge: capped, failed: 57 }],
  ["4x at 20/s", { load: 20, ratio: 4, judge: capped, failed: 100, median: 13 }],
  ["10x at 20/s", { load: 20, ratio: 10, judge: capped, failed: 100, median: 3.5 }],
  ["4x at 2/s", { load: 2, ratio: 4, judge: capped, failed: 58 }],
  ["10x at 2/s", { load: 2, ratio: 10, judge: capped, failed: 100, median: 17.5 }],
  ["2x at 200/s", { load: 200, ratio: 2, judge: capped, failed: 100, median: 13.5 }],
  ["4x at 200/s", { load: 200, ratio: 4, judge: capped, failed: 100, median: 3 }],
  ["without the cap: no regression, 20/s", { load: 20, ratio: 1, judge: uncapped, failed: 0.1 }],
  ["without the cap: no regression, 2/s", { load: 2, ratio: 1, judge: uncapped, failed: 0.2 }],
  ["without the cap: 4x at 20/s", { load: 20, ratio: 4, judge: uncapped, failed: 100, median: 11 }],
  ["without the cap: 10x at 20/s", { load: 20, ratio: 10, judge: uncapped, failed: 100, median: 2 }],
  ["bursty: no regression, 20/s", { load: 20, ratio: 1, judge: bursty, failed: 0 }],
  ["bursty: 4x at 20/s", { load: 20, ratio: 4, judge: bursty, failed: 100, median: 16.5 }],
  ["bursty: 10x at 20/s", { load: 20, ratio: 10, judge: bursty, failed: 100, median: 5.5 }],
  ["storms at 200/s, without the cap", { load: 200, ratio: 1, storms: true, judge: uncapped, failed: 16 }],
  ["storms at 200/s, capped", { load: 200, ratio: 1, storms: true, judge: capped, failed: 1.6 }],
  ["storms at 200/s, bursty", { load: 200, ratio: 1, storms: true, judge: bursty, failed: 0 }],
];

describe("the judge's published figures", () => {
  test.each(ROWS)("%s", { timeout: 120_000 }, (name, row) => {
    const { failed, median } = simulate(row);
    if (FULL) console.log(`${name}: ${failed.toFixed(2)} % failed, median ${String(median)} min`);

    const expected = row.failed / 100;
    const isFalseAlarm = row.ratio === 1 && row.storms !== true;
    const published = isFalseAlarm ? 0.005 : expected;
    const sampling = FULL ? 0 : 300 * Math.sqrt((published * (1 - published)) / RUNS);
    if (isFalseAlarm) expect(failed).toBeLessThanOrEqual(0.5 + sampling);
    else expect(Math.abs(failed - row.failed)).toBeLessThanOrEqual(3 + sampling);

    if (row.median === undefined) return;
    expect(median).toBeGreaterThanOrEqual(row.median * 0.8);
    expect(median).toBeLessThanOrEqual(row.median * 1.2);
  });
});

describe("the early pass", () => {
  test.each([
    { load: 20, ratio: 2 },
    { load: 200, ratio: 2 },
    { load: 200, ratio: 3 },
  ])(
    "of a step with $ratio times the errors at $load/s is wrong at most once in twenty",
    ({ load, ratio }) => {
      expect(passedEarly(load, ratio)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / RUNS));
    },
  );

  test("comes for nearly every good candidate where there is traffic enough", () => {
    expect(passedEarly(200, 1)).toBeGreaterThan(0.95);
  });

  /** The share of steps of twelve minutes at 25 % that pass before their end. */
  function passedEarly(load: number, ratio: number): number {
    let passed = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const random = seeded(run * 7_919 + 17);
      const judge = new RateJudge({ alpha: ALPHA });
      for (let index = 0; index < WINDOWS_PER_WEIGHT && !judge.passedEarly; index += 1) {
        judge.add({
          candidate: side(random, load * WINDOW_SECONDS * 0.25, STABLE_RATE * ratio, false),
          stable: side(random, load * WINDOW_SECONDS * 0.75, STABLE_RATE, false),
        });
      }
      if (judge.passedEarly) passed += 1;
    }
    return passed / RUNS;
  }
});

function simulate(row: Row): { failed: number; median: number | undefined } {
  const minutes: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const windows = failureAt(row, seeded(run * 7_919 + 13));
    if (windows !== undefined) minutes.push((windows * WINDOW_SECONDS) / 60);
  }
  minutes.sort((a, b) => a - b);
  return { failed: (100 * minutes.length) / RUNS, median: minutes[Math.floor(minutes.length / 2)] };
}

/** After how many windows the candidate is failed, if it is. */
function failureAt({ load, ratio, judge: options, storms = false }: Row, random: Random): number | undefined {
  const judge = new RateJudge({ alpha: ALPHA, ...options });
  let windows = 0;
  for (const weight of WEIGHTS) {
    judge.beginStep();
    for (let index = 0; index < WINDOWS_PER_WEIGHT; index += 1) {
      const requests = load * WINDOW_SECONDS;
      judge.add({
        candidate: side(random, (requests * weight) / 100, STABLE_RATE * ratio, storms),
        stable: side(random, (requests * (100 - weight)) / 100, STABLE_RATE, storms),
      });
      windows += 1;
      if (judge.failed) return windows;
    }
  }
  return undefined;
}

function side(random: Random, mean: number, rate: number, storms: boolean) {
  const requests = poisson(random, mean);
  if (!storms) return { requests, bad: binomial(random, requests, rate) };
  return { requests, bad: Math.min(requests, poisson(random, requests * rate * exponential(random))) };
}
