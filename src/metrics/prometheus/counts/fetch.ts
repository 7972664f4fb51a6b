import type { Sample, Series } from "../answer.ts";
import type { PrometheusClient } from "../client.ts";
import { alternation, fill } from "../template.ts";
import type { AskedSide } from "./roster.ts";
import { matchesPod, type Selector } from "./selector.ts";

/** The samples of one counter, and whose it is. */
export interface CounterSeries {
  readonly side: string;
  /** Absent where each side is asked for alone. */
  readonly pod: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

export interface Fetching {
  readonly namespace: string;
  readonly app: string;
  readonly sides: readonly AskedSide[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds before `at` whose samples are wanted. */
  readonly range: number;
  readonly signal: AbortSignal;
}

/**
 * Every sample of the counters that a selector selects. A range is asked for at one moment, not a value: it holds each
 * sample with its own time, so that no restart between two looks is missed and the age of the data is known.
 */
export async function fetchCounters(
  client: PrometheusClient,
  selector: Selector,
  fetching: Fetching,
): Promise<readonly CounterSeries[]> {
  const { sides } = fetching;
  if (selector.podMatcher === undefined) {
    const each = sides.map(async ({ side, revision, pods }) => {
      const series = await ask(client, selector, fetching, { revision, pods });
      return series.map(({ labels, samples }) => ({ side, pod: undefined, labels, samples }));
    });
    return (await Promise.all(each)).flat();
  }
  const pods = sides.flatMap((one) => one.pods);
  return assign(selector.podMatcher, await ask(client, selector, fetching, { pods }), sides);
}

async function ask(
  client: PrometheusClient,
  { text }: Selector,
  { namespace, app, at, range, signal }: Fetching,
  { revision, pods }: { readonly revision?: number; readonly pods: readonly string[] },
): Promise<readonly Series[]> {
  const filled = fill(text, {
    namespace,
    app,
    revision: revision?.toString(),
    pods: pods.length === 0 ? undefined : alternation(pods),
  });
  if (filled === undefined) return [];
  return client.ask(`${filled.trim()}[${String(Math.ceil(range / 1_000))}s]`, { at, signal });
}

function assign(
  matcher: NonNullable<Selector["podMatcher"]>,
  series: readonly Series[],
  sides: readonly AskedSide[],
): readonly CounterSeries[] {
  const all = sides.flatMap(({ side, pods }) => pods.map((pod) => ({ side, pod })));
  const owners = new Map<string, (typeof all)[number] | undefined>();
  const ownerOf = (labels: Series["labels"]): (typeof all)[number] | undefined => {
    const value = labels[matcher.label] ?? "";
    if (!owners.has(value))
      owners.set(
        value,
        all.find(({ pod }) => matchesPod(matcher, labels, pod)),
      );
    return owners.get(value);
  };
  return series.flatMap(({ labels, samples }) => {
    const owner = ownerOf(labels);
    return owner === undefined ? [] : [{ ...owner, labels, samples }];
  });
}
