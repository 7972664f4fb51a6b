import { expect, test } from "vitest";
import { readTrace } from "../../../bench/peers/trace.ts";
import type { Work } from "../../../bench/peers/work.ts";

const job = (id: string, ...needs: string[]) => ({ id, needs, command: "true", files: undefined });
const work: Work = {
  workload: "W2",
  jobs: [job("n0"), job("n1"), job("n2", "n0", "n1")],
  concurrency: 2,
  cached: false,
};
const trace = (text: string): string => `${text.split(" ").join("\n")}\n`;

test("a run as the graph asks has no problem, and its peak is known", () => {
  expect(readTrace(trace("+n0 +n1 -n1 -n0 +n2 -n2"), work)).toEqual({ peak: 2, problem: undefined });
});

test("a peer that skips work is found out", () => {
  expect(readTrace("", work).problem).toBe("3 of 3 jobs did not run");
  expect(readTrace(trace("+n0 -n0 +n1 -n1 +n2"), work).problem).toBe("1 of 3 jobs did not run");
});

test("a peer that runs another graph is found out", () => {
  expect(readTrace(trace("+n0 -n0 +n2 +n1 -n1 -n2"), work).problem).toBe("job n2 began before n1 had ended");
  expect(readTrace(trace("+n0 -n0 +n0 -n0"), work).problem).toBe("job n0 ran more than once");
  expect(readTrace(trace("+n0 +n1 +x -x -n0 -n1 +n2 -n2"), work).problem).toBe("4 jobs ran, and not 3");
});

test("a peer that runs more at once than asked is found out", () => {
  const loose: Work = { ...work, jobs: [job("n0"), job("n1"), job("n2")] };
  expect(readTrace(trace("+n0 +n1 +n2 -n0 -n1 -n2"), loose)).toEqual({
    peak: 3,
    problem: "3 jobs ran at once, and not 2 at most",
  });
});
