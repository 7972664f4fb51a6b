import type { CountSnapshot, SideCounts } from "../ports/index.ts";

/** What a scripted figure may depend on. */
export interface TrafficMoment {
  /** Milliseconds since the driver was made. */
  readonly at: number;
  /** Per cent of the traffic that the candidate gets. */
  readonly weight: number;
  /** `baseline` is new replicas of the stable release. */
  readonly side: "stable" | "candidate" | "baseline";
  readonly revision: number;
  /** Milliseconds since this side was started. */
  readonly age: number;
}

/** A figure, or how to get it for a moment. */
export type Scripted = number | ((moment: TrafficMoment) => number);

/** The requests that a scripted target gets and how they fare. */
export interface ScriptedTraffic {
  /** Requests per second, both sides together. @defaultValue `20` */
  readonly rate?: Scripted;
  /** The share of requests that fail, 0 to 1. @defaultValue `0` */
  readonly errors?: Scripted;
  /** The mean latency in ms; latencies are exponentially distributed. @defaultValue `50` */
  readonly latency?: Scripted;
  /** Upper bounds of the histogram, ms. */
  readonly bounds?: readonly number[];
}

const BOUNDS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
/** Figures that change are looked up this often: ms. */
const GRAIN = 1_000;

/** A side as far as traffic is concerned. */
export interface TrafficSide {
  readonly revision: number;
  readonly startedAt: number;
  readonly replicas: number;
}

/** Who takes requests. */
export interface TrafficSides {
  readonly stable: TrafficSide | undefined;
  readonly candidate: TrafficSide | undefined;
  readonly baseline: TrafficSide | undefined;
}

/** Adds up requests exactly as scripted, without chance, so that a test is the same every time. */
export class TrafficCounter {
  readonly #traffic: ScriptedTraffic;
  readonly #start: number;
  readonly #bounds: readonly number[];
  readonly #tallies = new Map<string, RevisionTally>();
  #until: number;

  constructor(traffic: ScriptedTraffic, start: number) {
    this.#traffic = traffic;
    this.#start = start;
    this.#until = start;
    this.#bounds = traffic.bounds ?? BOUNDS;
  }

  /** Counts what came in until `now`, while the weight and the sides were these. */
  advance(now: number, weight: number, { stable, candidate, baseline }: TrafficSides): void {
    // The baseline's replicas take their part of what is stable's.
    const fresh =
      baseline === undefined ? 0 : baseline.replicas / (baseline.replicas + (stable?.replicas ?? 0));
    while (this.#until < now) {
      const from = this.#until;
      const ms = Math.min(GRAIN, now - from);
      const moment = { at: from - this.#start, weight };
      if (candidate !== undefined)
        this.#count({ ...moment, ...of("candidate", candidate, from) }, ms, weight / 100);
      if (stable !== undefined)
        this.#count({ ...moment, ...of("stable", stable, from) }, ms, (1 - weight / 100) * (1 - fresh));
      if (baseline !== undefined)
        this.#count({ ...moment, ...of("baseline", baseline, from) }, ms, (1 - weight / 100) * fresh);
      this.#until += ms;
    }
  }

  snapshot({ stable, candidate, baseline }: TrafficSides): CountSnapshot {
    const counts = (side: TrafficSide | undefined): SideCounts | undefined =>
      side === undefined ? undefined : this.#tally(String(side.revision)).counts();
    const fresh = baseline && { baseline: this.#tally(freshKey(baseline)).counts() };
    return { at: this.#until, stable: counts(stable), candidate: counts(candidate), ...fresh };
  }

  #count(moment: TrafficMoment, ms: number, share: number): void {
    const figure = (scripted: Scripted): number =>
      typeof scripted === "number" ? scripted : scripted(moment);
    const requests = (Math.max(0, figure(this.#traffic.rate ?? 20)) * share * ms) / 1_000;
    const errors = Math.min(1, Math.max(0, figure(this.#traffic.errors ?? 0)));
    const mean = Math.max(Number.MIN_VALUE, figure(this.#traffic.latency ?? 50));
    const key = moment.side === "baseline" ? freshKey(moment) : String(moment.revision);
    this.#tally(key).add(requests, requests * errors, mean);
  }

  #tally(key: string): RevisionTally {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const fresh = new RevisionTally(this.#bounds);
    this.#tallies.set(key, fresh);
    return fresh;
  }
}

function freshKey({ revision }: { readonly revision: number }): string {
  return `${revision} baseline`;
}

function of(side: TrafficMoment["side"], { revision, startedAt }: TrafficSide, now: number) {
  return { side, revision, age: now - startedAt } as const;
}

/** One revision's requests: fractions are added up, whole ones are handed out and never taken back. */
class RevisionTally {
  readonly #bounds: readonly number[];
  readonly #due: number[];
  readonly #given: number[];
  #requests = 0;
  #errors = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#due = [...bounds.map(() => 0), 0];
    this.#given = [...this.#due];
  }

  add(requests: number, errors: number, meanLatency: number): void {
    this.#requests += requests;
    this.#errors += errors;
    let below = 0;
    for (const index of this.#due.keys()) {
      const bound = this.#bounds[index] ?? Infinity;
      const upTo = -Math.expm1(-bound / meanLatency);
      this.#due[index] = (this.#due[index] ?? 0) + requests * (upTo - below);
      below = upTo;
    }
  }

  counts(): SideCounts {
    const requests = whole(this.#requests);
    let left = requests - this.#given.reduce((sum, count) => sum + count, 0);
    for (const index of this.#given.keys()) {
      const given = Math.min(left, Math.max(0, Math.floor(this.#lacking(index))));
      this.#given[index] = (this.#given[index] ?? 0) + given;
      left -= given;
    }
    for (; left > 0; left -= 1) {
      const next = [...this.#given.keys()].reduce((a, b) => (this.#lacking(b) > this.#lacking(a) ? b : a));
      this.#given[next] = (this.#given[next] ?? 0) + 1;
    }
    const errors = Math.min(requests, whole(this.#errors));
    return { requests, errors, latency: { bounds: this.#bounds, counts: [...this.#given] } };
  }

  #lacking(index: number): number {
    return (this.#due[index] ?? 0) - (this.#given[index] ?? 0);
  }
}

/** Sums of tenths fall a little short of the whole number that they mean. */
function whole(value: number): number {
  return Math.floor(value + 1e-6);
}
