import type { NodeResult, NodeSummary, Plan, RunEvent, TestNames, TestRecord } from "../model/index.ts";
import { testToken } from "../util/test-token.ts";

interface End {
  readonly state: NodeSummary["state"];
  /** Attempts of the process in which it ended. */
  readonly attempts: number;
  /** Those in earlier processes of the run. */
  readonly before: number;
  readonly duration: number;
  readonly code?: NodeSummary["code"];
}

/** What the events of a run say about its nodes, all processes of the run together. */
export class Evidence {
  #commit: string | null | undefined;
  readonly #ends = new Map<string, End>();
  readonly #tests = new Map<string, TestNames[]>();
  readonly #tries = new Map<string, number>();
  /** Nodes whose result was made in another run. */
  readonly #borrowed = new Set<string>();
  /** Gates at which a person decides: that they say yes today and no tomorrow is no defect. */
  readonly #asked = new Set<string>();

  /** An event of the process that runs now. Its nodes' ends come with its result: most runs need nothing else. */
  see(event: RunEvent): void {
    if (event.type === "node.succeeded" || event.type === "node.failed" || event.type === "node.cancelled")
      return;
    this.add(event);
  }

  /** An event on record. */
  add(event: RunEvent): void {
    switch (event.type) {
      case "node.succeeded":
        if (event.from === undefined) {
          this.#borrowed.delete(event.node);
          this.#ended(event.node, { state: "succeeded", attempts: event.attempt, duration: event.duration });
        } else this.#borrowed.add(event.node);
        return;
      case "node.failed": {
        const { attempt: attempts, duration, failure } = event;
        this.#ended(event.node, { state: "failed", attempts, duration, code: failure.code });
        return;
      }
      case "node.cancelled": {
        const attempts = (this.#tries.get(event.node) ?? 0) + 1;
        // That a node was ended takes nothing back of what was seen of it before.
        if (!this.#ends.has(event.node))
          this.#ended(event.node, { state: "cancelled", attempts, duration: event.duration });
        return;
      }
      case "node.retrying":
        this.#tries.set(event.node, event.attempt);
        return;
      case "tests.reported":
        this.#tests.set(event.node, [...(this.#tests.get(event.node) ?? []), event.tests]);
        return;
      case "gate.waiting":
      case "gate.decided":
        this.#asked.add(event.node);
        return;
      case "run.started":
        this.#began(event.commit);
        return;
      default:
    }
  }

  /**
   * The nodes that say something; `results` are those of the process whose events were only seen. With `together`, what
   * earlier processes of the run have seen counts as tries of the same code: a job that failed there and passes now has
   * passed on a retry.
   */
  nodes(
    plan: Plan,
    together: boolean,
    results: ReadonlyMap<string, NodeResult> = new Map(),
  ): Record<string, NodeSummary> {
    const nodes: Record<string, NodeSummary> = {};
    const borrowed = new Set(this.#borrowed);
    for (const { id, kind, needs } of plan.nodes) {
      const result = results.get(id);
      if (result?.state === "succeeded" && result.from !== undefined) borrowed.add(id);
      // A gate says nothing of this run where what it judges was not made in it.
      else if (kind === "gate" && needs.some((need) => borrowed.has(need))) borrowed.add(id);
      if (borrowed.has(id) || this.#asked.has(id)) continue;
      const end = this.#endOf(id, result);
      if (end !== undefined) nodes[id] = this.#summary(id, end, together);
    }
    return nodes;
  }

  #summary(id: string, { state, attempts, before, duration, code }: End, together: boolean): NodeSummary {
    const tests = this.#tests.get(id);
    return {
      state,
      attempts: together ? attempts + before : attempts,
      duration,
      ...(code === undefined ? undefined : { code }),
      ...(tests === undefined ? undefined : { tests: recordOf(together ? tests : tests.slice(-1)) }),
    };
  }

  /** How the node ended in this process, else in an earlier one. */
  #endOf(id: string, result: NodeResult | undefined): End | undefined {
    const earlier = this.#ends.get(id);
    const before = earlier?.state === "failed" ? earlier.before + earlier.attempts : 0;
    switch (result?.state) {
      case "succeeded": {
        const { state, attempts, duration } = result;
        // Taken over from an earlier process: it was not run in this one.
        return attempts === 0 ? earlier : { state, attempts, before, duration };
      }
      case "failed": {
        const { state, attempts, duration, failure } = result;
        return { state, attempts, before, duration, code: failure.code };
      }
      case "cancelled": {
        const { state, duration } = result;
        return earlier ?? { state, attempts: (this.#tries.get(id) ?? 0) + 1, before, duration };
      }
      default:
        return earlier;
    }
  }

  #ended(node: string, end: Omit<End, "before">): void {
    const earlier = this.#ends.get(node);
    const before = earlier?.state === "failed" ? earlier.before + earlier.attempts : 0;
    this.#ends.set(node, { ...end, before });
  }

  /** What was seen of other code says nothing of this. */
  #began(commit: string | null): void {
    if (this.#commit !== undefined && this.#commit !== commit) {
      for (const seen of [this.#ends, this.#tests, this.#borrowed]) seen.clear();
    }
    this.#commit = commit;
    this.#tries.clear();
  }
}

/** The last report, in which those tests are flaky too that failed in an earlier one and pass now. */
function recordOf(reports: readonly TestNames[]): TestRecord {
  const last = reports.at(-1) ?? { passed: [], failed: [], flaky: [] };
  const passed = new Set(last.passed.map(testToken));
  const flaky = new Map(last.flaky.map((name) => [testToken(name), name]));
  for (const { failed, flaky: unsteady } of reports.slice(0, -1)) {
    for (const name of [...failed, ...unsteady]) {
      const token = testToken(name);
      if (passed.delete(token)) flaky.set(token, name);
    }
  }
  return { passed: [...passed].sort().join(""), failed: last.failed, flaky: [...flaky.values()] };
}
