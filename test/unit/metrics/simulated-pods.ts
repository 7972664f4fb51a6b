import type { CountedSides } from "../../../src/ports/index.ts";
import type { StoredSeries } from "./fake-prometheus.ts";

const KINDS = ["ok", "bad"] as const;
type Kind = (typeof KINDS)[number];
type Tally = Record<Kind, number>;

/** What was scraped of one pod: the counters, and which life of its process they are of. */
interface Scrape extends Tally {
  readonly at: number;
  readonly life: number;
}

interface Pod {
  readonly name: string;
  readonly revision: number;
  running: boolean;
  /** Whether a look has ever been told of it. */
  listed: boolean;
  life: number;
  now: Tally;
  readonly scrapes: Scrape[];
}

/** Pods that answer requests, start anew, come and go, and are scraped each at its own time. */
export class SimulatedPods {
  now = Date.UTC(2026, 0, 1);
  readonly stored: StoredSeries[] = [];
  readonly #pods: Pod[] = [];

  add(revision: number): void {
    const name = `web-r${String(revision)}-${String(this.#pods.length)}`;
    this.#pods.push({
      name,
      revision,
      running: true,
      listed: false,
      life: 0,
      now: { ok: 0, bad: 0 },
      scrapes: [],
    });
  }

  /** One of those that run, or none. */
  pick(number: number): Pod | undefined {
    const running = this.#pods.filter((pod) => pod.running);
    return running[number % Math.max(1, running.length)];
  }

  answer(pod: Pod, { ok, bad }: Tally): void {
    pod.now.ok += ok;
    pod.now.bad += bad;
  }

  restart(pod: Pod): void {
    pod.life += 1;
    pod.now = { ok: 0, bad: 0 };
  }

  /** Ends a pod, unless nobody can have known of it or it is the first one. */
  end(pod: Pod): void {
    pod.running = !pod.listed || pod === this.#pods[0];
  }

  scrape(pod: Pod): void {
    const { now, life, scrapes } = pod;
    const last = scrapes.findLast((scrape) => scrape.life < life);
    const isFirst = scrapes.at(-1)?.life !== life;
    for (const kind of KINDS) {
      const shown = scrapes.some((scrape) => scrape.life === life && scrape[kind] > 0);
      const before =
        last === undefined
          ? 0
          : (scrapes.findLast((scrape) => scrape.life < life && scrape[kind] > 0)?.[kind] ?? 0);
      // Nobody can tell a restart of a counter that has passed its old value before it is seen again.
      if (!shown && before > 0) now[kind] = Math.min(now[kind], before - 1);
      else if (isFirst && last !== undefined) now[kind] = Math.min(now[kind], last[kind]);
    }
    scrapes.push({ ...now, at: this.now, life });
    for (const kind of KINDS) if (now[kind] > 0) this.#store(pod, { __name__: "requests", kind }, now[kind]);
    this.#store(pod, { __name__: "buckets", le: "0.1" }, now.ok);
    this.#store(pod, { __name__: "buckets", le: "+Inf" }, now.ok + now.bad);
  }

  get sides(): CountedSides {
    const side = (revision: number) => {
      const pods = this.#pods.filter((pod) => pod.running && pod.revision === revision);
      for (const pod of pods) pod.listed = true;
      return { revision, pods: pods.map(({ name }) => name) };
    };
    return { stable: side(1), candidate: side(2) };
  }

  /** All that was scraped of a revision until then. */
  truth(revision: number, at: number): Tally {
    const sum: Tally = { ok: 0, bad: 0 };
    for (const pod of this.#pods.filter((one) => one.revision === revision)) {
      for (let life = 0; life <= pod.life; life++) {
        const last = pod.scrapes.findLast((scrape) => scrape.life === life && scrape.at <= at);
        for (const kind of KINDS) sum[kind] += last?.[kind] ?? 0;
      }
    }
    return sum;
  }

  #store({ name, revision }: Pod, own: Record<string, string>, value: number): void {
    const labels: Record<string, string> = {
      ...own,
      pod: name,
      job: "web",
      instance: name,
      app: `r${String(revision)}`,
    };
    const key = JSON.stringify(labels);
    let series = this.stored.find((one) => JSON.stringify(one.labels) === key);
    if (series === undefined) this.stored.push((series = { labels, samples: [] }));
    series.samples.push([this.now, value]);
  }
}
