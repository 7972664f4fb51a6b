import { describe, expect, it } from "vitest";
import { prometheus, type PrometheusCountsOptions } from "../../../src/metrics/index.ts";
import type { CountedSides, CountSource } from "../../../src/ports/index.ts";
import {
  answerFrom,
  fakePrometheus,
  type FakeQuestion,
  type StoredSeries,
  success,
} from "./fake-prometheus.ts";

const START = 1_795_406_400_000;
const at = (seconds: number): number => START + seconds * 1_000;
const SELECTORS = {
  requests: 'requests{namespace="$namespace", pod=~"$pods"}',
  errors: 'requests{pod=~"$pods", code=~"5.."}',
};
const BOTH: CountedSides = {
  stable: { revision: 1, pods: ["a", "b"] },
  candidate: { revision: 2, pods: ["c"] },
};

function counter(
  labels: Record<string, string>,
  ...samples: readonly (readonly [number, number])[]
): StoredSeries {
  const values = samples.map(([time, value]) => [at(time), value] as const);
  const { pod = "" } = labels;
  return {
    labels: {
      __name__: "requests",
      namespace: "shop",
      job: "pods",
      instance: `${pod}:80`,
      code: "200",
      ...labels,
    },
    samples: values,
  };
}

interface Opened {
  readonly source: CountSource;
  /** The source's time is this, plus the second that it waits for scrapes to settle. */
  now: number;
  sides: CountedSides;
  readonly asked: readonly FakeQuestion[];
}

async function open(
  stored: readonly StoredSeries[],
  options: Partial<PrometheusCountsOptions> = {},
): Promise<Opened> {
  const { url, asked } = await fakePrometheus(answerFrom(stored));
  const provider = prometheus({ url }).counts({ ...SELECTORS, ...options });
  const scope = {
    namespace: "shop",
    app: "web",
    sides: () => opened.sides,
    now: () => at(opened.now) + 1_000,
  };
  const opened: Opened = { source: provider.open(scope), now: 0, sides: BOTH, asked };
  return opened;
}

describe("counts from Prometheus", () => {
  it("ask for both sides at once, for all metrics at one moment", async () => {
    const opened = await open([counter({ pod: "a" }, [0, 1])], { latency: 'buckets{pod=~"web-$pods|x"}' });
    opened.now = 10;
    opened.sides = { ...BOTH, candidate: { revision: 2, pods: ["c.1-x"] } };
    await opened.source.snapshot();
    expect(opened.asked.map(({ form }) => form.get("query")).sort()).toEqual([
      'buckets{pod=~"web-(?:a|b|c[.]1-x)|x"}[300s]',
      'requests{namespace="shop", pod=~"(?:a|b|c[.]1-x)"}[300s]',
      'requests{pod=~"(?:a|b|c[.]1-x)", code=~"5.."}[300s]',
    ]);
    const times = new Set(opened.asked.map(({ form }) => form.get("time")));
    expect([...times]).toEqual([(at(10) / 1_000).toFixed(3)]);
    opened.now = 25;
    await opened.source.snapshot();
    // From the last common moment on, with a minute for what comes late.
    expect(opened.asked.at(-1)?.form.get("query")).toMatch(/\[85s\]$/);
  });

  it("ask for each side alone where a label has the revision", async () => {
    const stored = [1, 2].map((revision) =>
      counter({ workload: `web-r${String(revision)}` }, [0, 10 * revision], [5, 10 * revision + 1]),
    );
    const opened = await open(stored, {
      requests: 'requests{workload="$app-r$revision"}',
      errors: 'requests{workload="$app-r$revision", code="500"}',
    });
    opened.now = 5;
    const { stable, candidate } = await opened.source.snapshot();
    expect([stable?.requests, candidate?.requests]).toEqual([11, 21]);
    expect(opened.asked).toHaveLength(4);
  });

  it("tell a fresh baseline from the stable release, whose revision it has, by its pods", async () => {
    const opened = await open([
      counter({ pod: "a" }, [0, 100]),
      counter({ pod: "c" }, [0, 3]),
      counter({ pod: "f" }, [0, 5]),
      counter({ pod: "f", code: "500" }, [0, 2]),
    ]);
    opened.sides = {
      stable: { revision: 1, pods: ["a"] },
      candidate: { revision: 2, pods: ["c"] },
      baseline: { revision: 1, pods: ["f"] },
    };
    expect(await opened.source.snapshot()).toMatchObject({
      stable: { requests: 100, errors: 0 },
      candidate: { requests: 3 },
      baseline: { requests: 7, errors: 2 },
    });
    opened.sides = { ...opened.sides, baseline: undefined };
    expect(await opened.source.snapshot()).not.toHaveProperty("baseline");
  });

  it("refuse a selector that goes by the revision alone, where there is a fresh baseline", async () => {
    const opened = await open([counter({ pod: "a" }, [0, 100])], {
      errors: 'requests{app="r$revision", code="500"}',
    });
    opened.sides = { ...BOTH, baseline: { revision: 1, pods: ["f"] } };
    await expect(opened.source.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining('code="500"} cannot tell a fresh baseline from the stable') as string,
    });
  });

  it("add up restarts between two looks, new series and pods that come and go", async () => {
    const a = counter({ pod: "a" }, [0, 100]);
    const c = counter({ pod: "c" }, [0, 3]);
    const stored = [a, c];
    const opened = await open(stored);
    opened.sides = { stable: { revision: 1, pods: ["a"] }, candidate: { revision: 2, pods: ["c"] } };
    const counts = async (now: number) => {
      opened.now = now;
      const { stable, candidate } = await opened.source.snapshot();
      return [stable?.requests, stable?.errors, candidate?.requests, candidate?.errors];
    };
    expect(await counts(1)).toEqual([100, 0, 3, 0]);
    a.samples.push([at(5), 130], [at(10), 4], [at(15), 2], [at(20), 6]);
    c.samples.push([at(20), 5]);
    const errors = counter({ pod: "c", code: "500" }, [20, 2]);
    stored.push(errors);
    expect(await counts(20)).toEqual([140, 0, 7, 2]);
    // The pod goes, and another one comes; what the first had answered at the end is scraped.
    a.samples.push([at(25), 9]);
    c.samples.push([at(30), 6]);
    stored.push(counter({ pod: "b" }, [25, 11], [30, 12]));
    opened.sides = { stable: { revision: 1, pods: ["b"] }, candidate: { revision: 2, pods: ["c"] } };
    expect(await counts(30)).toEqual([155, 0, 8, 2]);
    expect(await counts(31)).toEqual([155, 0, 8, 2]);
    // The candidate has become stable.
    opened.sides = { stable: { revision: 2, pods: ["c"] }, candidate: undefined };
    expect(await counts(32)).toEqual([8, 2, undefined, undefined]);
  });

  it("do not run ahead of a side that was scraped earlier", async () => {
    const opened = await open([
      counter({ pod: "a" }, [0, 10], [15, 20], [29, 30]),
      counter({ pod: "c" }, [1, 1], [16, 2]),
    ]);
    opened.now = 29;
    const snapshot = await opened.source.snapshot();
    expect(snapshot.at).toBe(at(16));
    expect([snapshot.stable?.requests, snapshot.candidate?.requests]).toEqual([20, 2]);
  });

  it("do not go back where a side is known by pods alone that have gone", async () => {
    const a = counter({ pod: "a" }, [0, 10], [5, 20]);
    const opened = await open([a, counter({ pod: "c" }, [3, 1])]);
    opened.now = 5;
    expect((await opened.source.snapshot()).at).toBe(at(3));
    opened.sides = { ...BOTH, candidate: { revision: 2, pods: [] } };
    expect(await opened.source.snapshot()).toMatchObject({ at: at(5), stable: { requests: 20 } });
    opened.sides = { ...BOTH, candidate: { revision: 2, pods: ["d"] } };
    a.samples.push([at(10), 30]);
    opened.now = 10;
    expect(await opened.source.snapshot()).toMatchObject({ at: at(5), stable: { requests: 20 } });
  });

  it("never count a failed request before the request", async () => {
    const requests = counter({ pod: "a" }, [0, 10]);
    const failed = counter({ pod: "a", __name__: "failed" }, [0, 1], [15, 9]);
    const other = counter({ pod: "b" }, [20, 5]);
    const opened = await open([requests, failed, other], { errors: 'failed{pod=~"$pods"}' });
    opened.now = 20;
    expect((await opened.source.snapshot()).stable).toMatchObject({ requests: 15, errors: 1 });
    requests.samples.push([at(15), 30]);
    expect((await opened.source.snapshot()).stable).toMatchObject({ requests: 35, errors: 9 });
  });

  it("know nothing of a side whose pods were never seen", async () => {
    const opened = await open([counter({ pod: "a" }, [0, 10])]);
    opened.now = 5;
    const { stable, candidate } = await opened.source.snapshot();
    expect(stable).toEqual({ requests: 10, errors: 0, latency: { bounds: [], counts: [] } });
    expect(candidate).toBeUndefined();
  });

  it("are none where nothing was ever found, or the newest sample is old", async () => {
    const c = counter({ pod: "c" }, [0, 1]);
    const a = counter({ pod: "a" }, [0, 1], [130, 2]);
    await expect((await open([])).source.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining(
        "no series of revision 1 or revision 2 is selected by requests{",
      ) as string,
    });
    const opened = await open([a, c], { maxAge: "1m" });
    opened.now = 60;
    expect((await opened.source.snapshot()).candidate?.requests).toBe(1);
    opened.now = 130;
    await expect(opened.source.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining("the newest sample of revision 2 is 2m 10s old") as string,
    });
    // Where its pods have gone on purpose, that is no fault.
    opened.sides = { ...BOTH, candidate: { revision: 2, pods: [] } };
    expect((await opened.source.snapshot()).stable?.requests).toBe(2);
    c.samples.push([at(129), 4]);
    opened.sides = BOTH;
    expect((await opened.source.snapshot()).candidate?.requests).toBe(4);
  });

  it("ask nothing where there are no sides", async () => {
    const opened = await open([]);
    opened.sides = { stable: undefined, candidate: undefined };
    expect(await opened.source.snapshot()).toEqual({ at: at(0), stable: undefined, candidate: undefined });
    expect(opened.asked).toEqual([]);
  });
});

describe("the histogram", () => {
  const buckets = (
    pod: string,
    les: Record<string, readonly (readonly [number, number])[]>,
  ): StoredSeries[] =>
    Object.entries(les).map(([le, samples]) => counter({ pod, __name__: "buckets", le }, ...samples));
  const latency = 'buckets{pod=~"$pods"}';
  const alive = ["a", "b"].map((pod) => counter({ pod }, [0, 1], [20, 2]));

  it("is counted by bound, in ms, and pods with other bounds are added where they share one", async () => {
    const opened = await open(
      [
        ...alive,
        ...buckets("a", { "0.05": [[20, 4]], "0.1": [[20, 5]], "0.29": [[20, 8]], "+Inf": [[20, 10]] }),
        ...buckets("b", { "0.10": [[20, 1]], "0.2": [[20, 2]], "0.29": [[20, 4]], "+Inf": [[20, 4]] }),
      ],
      { latency },
    );
    opened.now = 20;
    expect((await opened.source.snapshot()).stable?.latency).toEqual({
      bounds: [100, 290],
      counts: [6, 6, 2],
    });
  });

  it("starts again as a whole, also where a bucket has already passed its old value", async () => {
    const opened = await open(
      [
        ...alive,
        ...buckets("a", {
          "100": [
            [0, 10],
            [20, 12],
          ],
          "+Inf": [
            [0, 50],
            [20, 15],
          ],
        }),
      ],
      { latency, latencyUnit: "ms" },
    );
    opened.now = 20;
    expect((await opened.source.snapshot()).stable?.latency).toEqual({ bounds: [100], counts: [22, 43] });
  });
});

describe("looking whether counts can be had", () => {
  it("asks nothing about the app, and says who answers", async () => {
    const { url, asked } = await fakePrometheus(() => success("vector", []));
    const { check } = prometheus({ url }).counts(SELECTORS);
    await expect(check?.(new AbortController().signal)).resolves.toMatch(`Prometheus at ${url} answers in`);
    expect(asked.map(({ form }) => form.get("query"))).toEqual(["vector(1)"]);
  });

  it("says why they cannot", async () => {
    const { url } = await fakePrometheus(() => ({ status: 403, body: "" }));
    const { check } = prometheus({ url }).counts(SELECTORS);
    const looked = check?.(new AbortController().signal);
    await expect(looked).rejects.toMatchObject({ code: "METRICS_UNAVAILABLE" });
    await expect(looked).rejects.toThrow("does not let us in");
  });
});

describe("the options of counts()", () => {
  const source = prometheus({ url: "http://prometheus" });
  const check = (options: object) => () => source.counts({ ...SELECTORS, ...options });

  it.each([
    ['sum(requests{pod=~"$pods"})', "requests is no plain selector"],
    ['requests{pod=~"$pods"}[5m]', "requests is no plain selector"],
    ["", "requests is no plain selector"],
    [undefined, "requests is no plain selector"],
    ['requests{job="web"}', "requests takes both sides for one"],
    ['requests{pod="$pods"}', "requests: $pods is an alternation"],
    ['requests{pod!~"$pods", a=~"$pods"}', "requests: $pods is an alternation"],
    ['requests{pod=~"$pods("}', "is no regular expression"],
    ['requests{pod=~"$pods", w="$window"}', "nothing can be filled in for $window"],
  ])("refuse %s", (requests, message) => {
    expect(check({ requests })).toThrow(message);
  });

  it("name everything that is wrong", () => {
    const wrong = { errors: "rate(x[5m])", latencyUnit: "h", maxAge: 0, by: "pod" };
    expect(check(wrong)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message:
          'prometheus().counts(): there is no option "by"; errors is no plain selector; latencyUnit: "h" is not known; ' +
          "latencyUnit has no meaning without latency; maxAge: 0 is not a duration",
      }) as Error,
    );
  });

  it("take selectors in any quotes, without a name, with braces in texts", () => {
    for (const requests of [
      "{__name__=\"requests\", pod=~'$pods'}",
      'requests{path!~"/a{2}/\\"}", pod=~`web-$pods`}',
      'ns:requests:total{pod=~"$pods",}',
    ]) {
      expect(check({ requests })().spec).toMatchObject({ requests });
    }
  });

  it("stand in a plan", () => {
    const { kind, spec } = prometheus({
      url: "http://prometheus/",
      headers: { "X-Scope-OrgID": "a" },
    }).counts({
      ...SELECTORS,
      latency: 'b{pod=~"$pods"}',
    });
    expect({ kind, ...spec }).toEqual({
      kind: "prometheus",
      url: "http://prometheus",
      headers: ["x-scope-orgid"],
      ...SELECTORS,
      latency: 'b{pod=~"$pods"}',
      latencyUnit: "s",
      maxAge: 120_000,
    });
  });
});
