import type { Outcome, RunSighting } from "./sighting.ts";

/** How often something fails that can pass. */
export interface FlakyFigures {
  /** Runs in which it passed, or failed although it also passed with the same code. */
  readonly runs: number;
  /** Runs in which it failed although it also passed with the same code. */
  readonly failed: number;
  /** Runs in which it passed only when it was tried again. */
  readonly retried: number;
  /** Runs that failed with it. */
  readonly cost: number;
  /** Commits on which it was seen to be flaky. */
  readonly commits: number;
  /** `failed` and `retried` as a share of `runs`, 0 to 1. */
  readonly rate: number;
  /** The last run in which it failed, or passed only when it was tried again. */
  readonly lastRun: string;
  /** When that run began: milliseconds since 1970. */
  readonly lastAt: number;
}

/** A job, gate or deploy, or a single test, that fails now and then. */
export interface FlakyRecord extends FlakyFigures {
  readonly kind: "node" | "test";
  /** The node's id; for a test, that of the gate that reported it. */
  readonly node: string;
  /** The test's full name. */
  readonly test?: string;
}

/** Sightings of one subject with one code. */
interface Seen {
  passed: number;
  failed: number;
  retried: number;
  cost: number;
  lastRun: string;
  lastAt: number;
}

interface Code {
  readonly commit: string | null;
  readonly subjects: Map<string, Seen>;
}

/** Adds up sightings by code and subject. */
export class FlakyTally {
  readonly #codes = new Map<string, Code>();

  /** What is seen of subjects in one run: gives what takes it. */
  run({ code, commit, run, at }: RunSighting): (subject: string, outcome: Outcome, costly: boolean) => void {
    let entry = this.#codes.get(code);
    if (entry === undefined) this.#codes.set(code, (entry = { commit, subjects: new Map<string, Seen>() }));
    const { subjects } = entry;
    return (subject, outcome, costly) => {
      let seen = subjects.get(subject);
      if (seen === undefined) {
        seen = { passed: 0, failed: 0, retried: 0, cost: 0, lastRun: "", lastAt: -1 };
        subjects.set(subject, seen);
      }
      seen[outcome]++;
      if (outcome === "passed") return;
      if (costly) seen.cost++;
      if (at <= seen.lastAt) return;
      seen.lastAt = at;
      seen.lastRun = run;
    };
  }

  /** The subjects that failed and passed with the same code. */
  flaky(): readonly (readonly [string, FlakyFigures])[] {
    const sums = new Map<string, Sum>();
    for (const { commit, subjects } of this.#codes.values()) {
      for (const [subject, seen] of subjects) {
        // Where it never passes it is broken, or cannot be told from what is.
        if (seen.passed + seen.retried === 0) continue;
        let sum = sums.get(subject);
        if (sum === undefined) sums.set(subject, (sum = new Sum()));
        sum.add(seen, commit);
      }
    }
    return [...sums].flatMap(([subject, sum]) => (sum.isFlaky ? [[subject, sum.figures()] as const] : []));
  }
}

/** What was seen of one subject with all codes with which it passes. */
class Sum {
  #runs = 0;
  #failed = 0;
  #retried = 0;
  #cost = 0;
  #lastRun = "";
  #lastAt = -1;
  readonly #commits = new Set<string>();

  add(seen: Seen, commit: string | null): void {
    this.#runs += seen.passed + seen.failed + seen.retried;
    if (seen.failed + seen.retried === 0) return;
    this.#failed += seen.failed;
    this.#retried += seen.retried;
    this.#cost += seen.cost;
    if (commit !== null) this.#commits.add(commit);
    if (seen.lastAt <= this.#lastAt) return;
    this.#lastAt = seen.lastAt;
    this.#lastRun = seen.lastRun;
  }

  get isFlaky(): boolean {
    return this.#failed + this.#retried > 0;
  }

  figures(): FlakyFigures {
    return {
      runs: this.#runs,
      failed: this.#failed,
      retried: this.#retried,
      cost: this.#cost,
      commits: this.#commits.size,
      rate: (this.#failed + this.#retried) / this.#runs,
      lastRun: this.#lastRun,
      lastAt: this.#lastAt,
    };
  }
}
