import type { NodeSummary, RunSummary, TestRecord } from "../model/index.ts";
import { isShort, testToken, TOKEN_LENGTH } from "../util/test-token.ts";
import { FlakyTally, type FlakyRecord } from "./flaky-tally.ts";
import { sightingOf } from "./sighting.ts";

/** Tests that are flaky, found in two looks at the runs: the first says which have ever failed, the second counts. */
export class FlakyTests {
  /** Full names by token, by gate. */
  readonly #names = new Map<string, Map<string, string>>();
  readonly #tallies = new Map<string, FlakyTally>();

  get suspects(): number {
    return [...this.#names.values()].reduce((sum, names) => sum + names.size, 0);
  }

  /** Notes the tests that have failed in the run. */
  suspect(summary: RunSummary): void {
    for (const [gate, { tests }] of Object.entries(summary.nodes)) {
      if (tests === undefined) continue;
      for (const name of [...tests.failed, ...tests.flaky]) {
        // Of a thousand that failed together, the rest has no name: what failed is something that they share.
        if (isShort(name)) continue;
        let names = this.#names.get(gate);
        if (names === undefined) this.#names.set(gate, (names = new Map<string, string>()));
        names.set(testToken(name), name);
      }
    }
  }

  /** Counts how the noted tests ended in the run. */
  look(summary: RunSummary): void {
    for (const [gate, names] of this.#names) {
      const node = summary.nodes[gate];
      if (node?.tests !== undefined) this.#count(gate, names, summary, node, node.tests);
    }
  }

  flaky(): readonly FlakyRecord[] {
    return [...this.#tallies].flatMap(([node, tally]) =>
      tally.flaky().map(([token, figures]) => {
        const test = this.#names.get(node)?.get(token) ?? token;
        return { kind: "test" as const, node, test, ...figures };
      }),
    );
  }

  #count(
    gate: string,
    names: ReadonlyMap<string, string>,
    summary: RunSummary,
    node: NodeSummary,
    tests: TestRecord,
  ): void {
    let tally = this.#tallies.get(gate);
    if (tally === undefined) this.#tallies.set(gate, (tally = new FlakyTally()));
    const see = tally.run(sightingOf(summary));
    const failed = new Set(tests.failed.map(testToken));
    const flaky = new Set(tests.flaky.map(testToken));
    const passed = new Passed(tests.passed);
    const costly = node.state === "failed";
    for (const token of names.keys()) {
      if (failed.has(token)) see(token, "failed", costly);
      else if (flaky.has(token)) see(token, "retried", false);
      else if (passed.has(token)) see(token, "passed", false);
    }
  }
}

/** The sorted tokens of {@link TestRecord.passed}, searched without being taken apart. */
class Passed {
  readonly #tokens: string;

  constructor(tokens: string) {
    this.#tokens = tokens;
  }

  has(token: string): boolean {
    let low = 0;
    let high = this.#tokens.length / TOKEN_LENGTH;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.#tokens.slice(middle * TOKEN_LENGTH, (middle + 1) * TOKEN_LENGTH);
      if (at === token) return true;
      if (at < token) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}
