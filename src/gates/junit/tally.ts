import type { TestNames } from "../../model/index.ts";
import { digestOf } from "../_shared/known.ts";
import { TestList } from "./names.ts";
import type { JunitReport, TestEntry } from "./parse.ts";

export interface NamedTest {
  /** Stable across runs: without the file, so that tests may move between shards. */
  readonly id: string;
  /** For people. */
  readonly label: string;
}

export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly NamedTest[];
  /** Failed first and passed when tried again; also counted in `passed`. */
  readonly flaky: readonly NamedTest[];
  /** All that ran, for the history of runs. */
  readonly names: TestNames;
}

/** Adds up the tests of all reports. */
export function tally(reports: readonly JunitReport[], repeats: "rerun" | "separate"): Tally {
  const failed: NamedTest[] = [];
  const flaky: NamedTest[] = [];
  const list = new TestList();
  let passed = 0;
  let skipped = 0;
  for (const report of reports) {
    for (const group of groups(report.entries, repeats)) {
      const [first] = group;
      const outcome = outcomeOf(group);
      list.add(first, outcome);
      // Alike passes are tests of their own (parameters, -count): only a mixture or repeated failures are one test.
      if (outcome === "passed") passed += group.length;
      else if (outcome === "skipped") skipped += group.length;
      else if (outcome === "failed") failed.push(named(first));
      else {
        flaky.push(named(first));
        passed += 1;
      }
    }
  }
  return { passed, skipped, failed, flaky, names: list.names() };
}

type Group = readonly [TestEntry, ...TestEntry[]];

function groups(entries: readonly TestEntry[], repeats: "rerun" | "separate"): Iterable<Group> {
  if (repeats === "separate") return entries.map((entry): Group => [entry]);
  const byTest = new Map<string, [TestEntry, ...TestEntry[]]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.suite, entry.className, entry.name]);
    const group = byTest.get(key);
    if (group === undefined) byTest.set(key, [entry]);
    else group.push(entry);
  }
  return byTest.values();
}

/**
 * A rerun stops at its first pass. So failures followed by passes are flaky, and a failure after a pass is a failure:
 * there, two tests share a name.
 */
function outcomeOf(group: Group): TestEntry["outcome"] {
  const ran = group.map((entry) => entry.outcome).filter((outcome) => outcome !== "skipped");
  if (ran.length === 0) return "skipped";
  const lastFailure = ran.lastIndexOf("failed");
  if (lastFailure === -1) return ran.includes("flaky") ? "flaky" : "passed";
  const firstPass = ran.findIndex((outcome) => outcome !== "failed");
  return firstPass > lastFailure ? "flaky" : "failed";
}

function named(entry: TestEntry): NamedTest {
  const context = entry.className === "" ? entry.suiteName : entry.className;
  const label = context === "" || entry.name.startsWith(context) ? entry.name : `${context} > ${entry.name}`;
  return { id: digestOf(entry.suiteName, entry.className, entry.name), label };
}
