import type { TestNames } from "../../model/index.ts";
import { shortName } from "../../util/test-token.ts";
import { oneLine } from "../_shared/text.ts";
import type { TestEntry } from "./parse.ts";

/** Characters of one name. */
const LONGEST = 400;
/** Names of passed tests are given in full while they are shorter than this all together: 1,500 tests or so. */
const FULL_PASSED = 131_072;
/** More tests than these do not fail one by one: something that they share has failed. */
const FULL_FAILED = 1_000;

/** What Node's own runner gives as the class of every test. */
const NO_CLASS: ReadonlySet<string> = new Set(["", "test", "suite"]);

/** Of two tests with one name the worse counts, so that no failure is hidden by a namesake. */
const RANK: Readonly<Record<TestEntry["outcome"], number>> = { skipped: 0, passed: 1, flaky: 2, failed: 3 };

/** Gathers the full names of tests, each once. */
export class TestList {
  readonly #outcomes = new Map<string, TestEntry["outcome"]>();

  add(entry: TestEntry, outcome: TestEntry["outcome"]): void {
    const name = fullName(entry);
    const before = this.#outcomes.get(name) ?? "skipped";
    if (RANK[outcome] > RANK[before]) this.#outcomes.set(name, outcome);
  }

  /** Sorted, so that equal results are equal records. */
  names(): TestNames {
    const passed: string[] = [];
    const failed: string[] = [];
    const flaky: string[] = [];
    const lists = { passed, failed, flaky, skipped: [] as string[] };
    for (const [name, outcome] of this.#outcomes) lists[outcome].push(name);
    const length = passed.reduce((sum, name) => sum + name.length, 0);
    return {
      passed: length > FULL_PASSED ? passed.map(shortName).sort() : passed.sort(),
      failed: shortAfter(failed),
      flaky: shortAfter(flaky),
    };
  }
}

function shortAfter(names: string[]): string[] {
  return names.sort().map((name, index) => (index < FULL_FAILED ? name : shortName(name)));
}

/** `class > name`, or the path of suites where there is no class: the same in every run, whichever file it stands in. */
function fullName({ className, path, name }: TestEntry): string {
  const context = NO_CLASS.has(className) ? path.join(" > ") : className;
  const full = context === "" || name.startsWith(context) ? name : `${context} > ${name}`;
  const line = oneLine(full, Infinity);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}… ${shortName(line)}`;
}
