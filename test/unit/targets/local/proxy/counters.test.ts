import { describe, expect, it } from "vitest";
import { Counters, LATENCY_BOUNDS } from "../../../../../src/targets/local/proxy/counters.ts";

describe("Counters", () => {
  it("counts a latency under the first bound that is not below it", () => {
    const counters = new Counters();
    for (const latency of [0.2, 1, 1.2, 100, 100.1, 60_000, 60_001]) counters.record(1, latency, false);
    const { requests, errors, latency } = counters.read(1);
    const at = (bound: number): number | undefined => latency.counts[latency.bounds.indexOf(bound)];
    expect({ requests, errors }).toEqual({ requests: 7, errors: 0 });
    expect([at(1), at(1.5), at(100), at(150), at(60_000), latency.counts.at(-1)]).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it("has rising bounds", () => {
    expect([...LATENCY_BOUNDS].sort((a, b) => a - b)).toEqual(LATENCY_BOUNDS);
    expect(new Set(LATENCY_BOUNDS).size).toBe(LATENCY_BOUNDS.length);
  });

  it("keeps revisions apart, and forgets those that are over", () => {
    const counters = new Counters();
    counters.record(1, 5, true);
    counters.record(2, 5, false);
    expect([counters.read(1).errors, counters.read(2).errors]).toEqual([1, 0]);
    counters.keep(new Set([2]));
    expect([counters.read(1).requests, counters.read(2).requests]).toEqual([0, 1]);
  });

  it("goes on from what was written", () => {
    const first = new Counters();
    first.record(3, 12, true);
    const second = new Counters();
    expect(second.restore(JSON.parse(JSON.stringify(first)))).toBe(true);
    second.record(3, 12, false);
    expect(second.read(3)).toMatchObject({ requests: 2, errors: 1 });
  });

  it.each([
    [null],
    [{}],
    [{ bounds: [1, 2], revisions: {} }],
    [{ bounds: LATENCY_BOUNDS, revisions: { x: {} } }],
    [{ bounds: LATENCY_BOUNDS, revisions: { 1: { requests: 1, errors: 0, counts: [1] } } }],
  ])("takes nothing of another form: %j", (value) => {
    const counters = new Counters();
    expect(counters.restore(value)).toBe(false);
    expect(counters.read(1).requests).toBe(0);
  });
});
