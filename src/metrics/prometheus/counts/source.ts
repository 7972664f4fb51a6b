import { SluiceError } from "../../../errors/index.ts";
import type { CountScope, CountSnapshot, CountSource, SideCounts } from "../../../ports/index.ts";
import { formatDuration } from "../../../util/duration.ts";
import type { PrometheusClient } from "../client.ts";
import { CounterBook } from "./counter-book.ts";
import { type CounterSeries, fetchCounters } from "./fetch.ts";
import { histogramOf } from "./latency.ts";
import type { ResolvedCounts } from "./options.ts";
import { type AskedSide, freshOf, namedSides, Roster } from "./roster.ts";
import type { Selector } from "./selector.ts";
import { placeholdersIn } from "../template.ts";

/** Milliseconds before a sample can be asked for: a scrape is kept under the time at which it began. */
const SETTLE = 1_000;
/** Milliseconds by which samples may arrive late, on their way through a remote store. */
const LATE = 60_000;
/** How far the first look goes back: as far as Prometheus itself does for a value. */
const FIRST = 300_000;

/** The counts of one app for one rollout, out of the raw counters of its pods. */
export class PrometheusCounts implements CountSource {
  readonly #client: PrometheusClient;
  readonly #counts: ResolvedCounts;
  readonly #scope: CountScope;
  readonly #roster = new Roster();
  readonly #requests = new CounterBook();
  readonly #errors = new CounterBook();
  readonly #latency = new CounterBook("le");
  /** Both sides were counted until then. */
  #asOf: number | undefined;

  constructor(client: PrometheusClient, counts: ResolvedCounts, scope: CountScope) {
    this.#client = client;
    this.#counts = counts;
    this.#scope = scope;
  }

  async snapshot(): Promise<CountSnapshot> {
    const at = (this.#scope.now ?? Date.now)() - SETTLE;
    const { stable, candidate, baseline } = await this.#scope.sides();
    if (baseline !== undefined) this.#tellApart();
    const sides = namedSides({ stable, candidate, baseline });
    this.#roster.update(sides, at);
    const [requests, errors, latency] = await this.#fetch(at, this.#roster.asked(sides));
    const present = sides.filter(({ pods }) => pods.length > 0);
    const asOf = this.#commonTime(requests, present, at);
    this.#take({ requests, errors, latency }, asOf);
    return {
      at: asOf,
      stable: stable && this.#countsOf(String(stable.revision)),
      candidate: candidate && this.#countsOf(String(candidate.revision)),
      ...(baseline && { baseline: this.#countsOf(freshOf(baseline.revision)) }),
    };
  }

  /** All counters as they were seen until one moment. */
  async #fetch(
    at: number,
    sides: readonly AskedSide[],
  ): Promise<readonly [readonly CounterSeries[], readonly CounterSeries[], readonly CounterSeries[]]> {
    const { namespace, app } = this.#scope;
    const range = this.#asOf === undefined ? FIRST : Math.max(0, at - this.#asOf) + LATE;
    const failed = new AbortController();
    const { signal } = failed;
    const fetch = async (selector: Selector | undefined): Promise<readonly CounterSeries[]> =>
      selector === undefined
        ? []
        : fetchCounters(this.#client, selector, { namespace, app, sides, at, range, signal });
    const { requests, errors, latency } = this.#counts;
    try {
      return await Promise.all([fetch(requests), fetch(errors), fetch(latency)]);
    } finally {
      // What else was asked is of no use where one has failed.
      failed.abort();
    }
  }

  /**
   * The latest moment until which every side has been scraped: no side's counts run ahead of the other's. Throws where
   * a side was scraped too long ago for its counts to say anything of now, or nothing was ever found.
   */
  #commonTime(requests: readonly CounterSeries[], present: readonly AskedSide[], at: number): number {
    const times = present.map((of) => ({ of, newest: this.#newest(requests, of.side) }));
    const known = times.filter((one): one is { of: AskedSide; newest: number } => one.newest !== undefined);
    const { maxAge, requests: selector } = this.#counts;
    if (present.length > 0 && known.length === 0) {
      throw this.#unavailable(
        `no series of ${present.map(inWords).join(" or ")} is selected by ${selector.text}`,
        "Look whether Prometheus scrapes these pods, and whether the selector's labels are theirs.",
      );
    }
    const old = known.find(({ newest }) => at - newest > maxAge);
    if (old !== undefined) {
      throw this.#unavailable(
        `the newest sample of ${inWords(old.of)} is ${formatDuration(at - old.newest)} old`,
        "Look whether Prometheus still scrapes these pods; a long scrape interval needs a larger maxAge.",
      );
    }
    if (known.length === 0) return this.#asOf ?? at;
    // Never back: a side may be known by pods alone that have gone, until its new ones are scraped.
    return Math.max(this.#asOf ?? -Infinity, Math.min(...known.map(({ newest }) => newest)));
  }

  #newest(requests: readonly CounterSeries[], side: string): number | undefined {
    let newest = this.#requests.newest(side);
    for (const { side: of, samples } of requests) {
      const at = samples.at(-1)?.at;
      if (of === side && at !== undefined) newest = Math.max(newest ?? at, at);
    }
    return newest;
  }

  #take(
    found: Readonly<Record<"requests" | "errors" | "latency", readonly CounterSeries[]>>,
    asOf: number,
  ): void {
    this.#requests.take(found.requests, () => asOf);
    // A failed request is never counted before the request itself.
    const scraped = scrapes(found.requests, asOf);
    const until = (series: CounterSeries): number => scraped.get(targetOf(series)) ?? asOf;
    this.#errors.take(found.errors, until);
    this.#latency.take(found.latency, until);
    this.#asOf = asOf;
  }

  #countsOf(side: string): SideCounts | undefined {
    const requests = this.#requests.totals(side);
    if (requests.length === 0) return undefined;
    return {
      requests: sum(requests),
      errors: sum(this.#errors.totals(side)),
      latency: histogramOf(this.#latency.totals(side), this.#counts.unit),
    };
  }

  /** A fresh baseline has the revision of stable: only its pods are others. */
  #tellApart(): void {
    const { requests, errors, latency } = this.#counts;
    const blind = [requests, errors, latency].find((one) => one && !placeholdersIn(one.text).has("pods"));
    if (blind === undefined) return;
    const problem = `${blind.text} cannot tell a fresh baseline from the stable release, whose revision it has`;
    throw this.#unavailable(problem, 'Have the selectors go by pod=~"$pods".');
  }

  #unavailable(problem: string, hint: string): SluiceError {
    const message = `Prometheus at ${this.#client.url}: ${problem}`;
    return new SluiceError("METRICS_UNAVAILABLE", message, { hint });
  }
}

function inWords({ revision, fresh }: AskedSide): string {
  return fresh ? `the fresh baseline of revision ${String(revision)}` : `revision ${String(revision)}`;
}

/** When each process was scraped last, not after `asOf`. */
function scrapes(series: readonly CounterSeries[], asOf: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const one of series) {
    const target = targetOf(one);
    const at = one.samples.findLast((sample) => sample.at <= asOf)?.at;
    if (at !== undefined) times.set(target, Math.max(times.get(target) ?? at, at));
  }
  return times;
}

function targetOf({ side, pod, labels }: CounterSeries): string {
  return JSON.stringify([side, pod, labels["job"], labels["instance"]]);
}

function sum(groups: readonly ReadonlyMap<string, number>[]): number {
  return groups.reduce((total, group) => total + (group.get("") ?? 0), 0);
}
