import type { CounterSeries } from "./fetch.ts";

/** Counters that one process keeps together: a single one, or the buckets of one histogram by `le`. */
interface Group {
  readonly side: string;
  /** The time of the last sample that was taken. */
  at: number;
  /** Their values then. */
  readonly values: Map<string, number>;
  /** What they have counted, restarts included. */
  readonly totals: Map<string, number>;
}

/**
 * Adds up counters that start again from 0 with their process. A counter that falls has started again, and with it the
 * others of its group, even where they have already passed their old value.
 */
export class CounterBook {
  readonly #groups = new Map<string, Group>();
  readonly #member: string | undefined;

  /** `member` is the label by which the counters of one group differ. */
  constructor(member?: string) {
    this.#member = member;
  }

  /** Takes what is new. `until` gives the time of the last sample of a series that may be taken. */
  take(series: readonly CounterSeries[], until: (series: CounterSeries) => number): void {
    const byGroup = new Map<string, CounterSeries[]>();
    for (const one of series) {
      const key = this.#keyOf(one);
      const others = byGroup.get(key);
      if (others === undefined) byGroup.set(key, [one]);
      else others.push(one);
    }
    for (const [key, members] of byGroup) {
      const [first] = members;
      if (first === undefined) continue;
      const limit = until(first);
      const moments = this.#moments(members, this.#groups.get(key)?.at ?? -Infinity, limit);
      if (moments.length > 0) this.#count(key, first.side, moments);
    }
  }

  /** What each group of a side has counted, by member. */
  totals(side: string): readonly ReadonlyMap<string, number>[] {
    const groups = Array.from(this.#groups.values()).filter((group) => group.side === side);
    return groups.map(({ totals }) => totals);
  }

  /** The time of the newest sample that was taken of a side; `undefined` where there is none. */
  newest(side: string): number | undefined {
    let newest: number | undefined;
    for (const group of this.#groups.values()) {
      if (group.side === side) newest = Math.max(newest ?? group.at, group.at);
    }
    return newest;
  }

  #count(key: string, side: string, moments: readonly Moment[]): void {
    // What is seen for the first time counts in full: a counter without requests is often not shown at all.
    const group = this.#groups.get(key) ?? {
      side,
      at: 0,
      values: new Map<string, number>(),
      totals: new Map<string, number>(),
    };
    this.#groups.set(key, group);
    for (const { at, values } of moments) {
      const restarted = Array.from(values).some(([member, value]) => value < (group.values.get(member) ?? 0));
      if (restarted) group.values.clear();
      for (const [member, value] of values) {
        const more = value - (group.values.get(member) ?? 0);
        group.totals.set(member, (group.totals.get(member) ?? 0) + more);
        group.values.set(member, value);
      }
      group.at = at;
    }
  }

  /** What the counters of one group showed, moment by moment, in the order of time. */
  #moments(members: readonly CounterSeries[], after: number, until: number): readonly Moment[] {
    const moments = new Map<number, Map<string, number>>();
    for (const { labels, samples } of members) {
      const member = this.#member === undefined ? "" : (labels[this.#member] ?? "");
      for (const { at, value } of samples) {
        if (at <= after || at > until || !Number.isFinite(value)) continue;
        const values = moments.get(at);
        if (values === undefined) moments.set(at, new Map([[member, value]]));
        else values.set(member, value);
      }
    }
    return Array.from(moments, ([at, values]) => ({ at, values })).sort((one, other) => one.at - other.at);
  }

  #keyOf({ side, labels }: CounterSeries): string {
    const others = Object.entries(labels).filter(([name]) => name !== this.#member);
    return JSON.stringify([side, others.sort(([one], [other]) => (one < other ? -1 : 1))]);
  }
}

interface Moment {
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
}
