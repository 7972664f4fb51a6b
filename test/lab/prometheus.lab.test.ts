// needs: prometheus
import { describe, expect, it, onTestFinished } from "vitest";
import { prometheus } from "../../src/metrics/index.ts";
import type { CountedSides, CountSnapshot, CountSource } from "../../src/ports/index.ts";
import { env } from "../../src/secrets/index.ts";
import { need } from "./lab.ts";
import { CountingServer, type Truth } from "./prometheus/counting-server.ts";
import { Front } from "./prometheus/front.ts";
import { newNamespace, PROMETHEUS, scrape } from "./prometheus/scrape.ts";

const SELECTORS = {
  requests: 'http_requests_total{namespace="$namespace", pod=~"$pods"}',
  errors: 'http_requests_total{namespace="$namespace", pod=~"$pods", code=~"5.."}',
  latency: 'http_request_duration_seconds_bucket{namespace="$namespace", pod=~"$pods"}',
};
const PATIENT = { timeout: 30_000, interval: 100 };
const none: Truth = { requests: 0, errors: 0, latency: [0, 0, 0, 0] };

function truthOf(snapshot: CountSnapshot, side: "stable" | "candidate"): Truth {
  const { requests, errors, latency } = snapshot[side] ?? { ...none, latency: { counts: none.latency } };
  return { requests, errors, latency: latency.counts };
}

function together(servers: readonly CountingServer[]): Truth {
  return servers.reduce<Truth>((sum, { truth }) => {
    const latency = sum.latency.map((count, index) => count + (truth.latency[index] ?? 0));
    return { requests: sum.requests + truth.requests, errors: sum.errors + truth.errors, latency };
  }, none);
}

/** Waits until the counts of both sides are those of the servers. They may never fall on the way. */
async function untilTrue(
  source: CountSource,
  stable: readonly CountingServer[],
  candidate: readonly CountingServer[] = [],
): Promise<void> {
  const last = { stable: 0, candidate: 0 };
  const look = async (): Promise<object> => {
    const snapshot = await source.snapshot();
    for (const side of ["stable", "candidate"] as const) {
      const { requests } = truthOf(snapshot, side);
      expect(requests).toBeGreaterThanOrEqual(last[side]);
      last[side] = requests;
    }
    return { stable: truthOf(snapshot, "stable"), candidate: truthOf(snapshot, "candidate") };
  };
  await expect.poll(look, PATIENT).toEqual({ stable: together(stable), candidate: together(candidate) });
}

/** Waits until the servers have been scraped after now, and what they showed has settled. */
async function untilScraped(servers: readonly CountingServer[]): Promise<void> {
  const before = servers.map(({ scraped }) => scraped);
  const all = (): boolean => servers.every(({ scraped }, index) => scraped > (before[index] ?? 0) + 1);
  await expect.poll(all, PATIENT).toBe(true);
}

describe.skipIf(!need("prometheus").available)("a real Prometheus", () => {
  it("gives the counts that the servers have, over restarts and pods that come and go", async () => {
    const [a, b, c] = [
      await CountingServer.start(),
      await CountingServer.start(),
      await CountingServer.start(),
    ];
    const namespace = newNamespace();
    const [ra, rb, rc] = ["shop-r1-a", "shop-r1-b", "shop-r2-c"];
    await a.ask(30, "?ms=30");
    scrape(namespace, { [ra]: a.address, [rb]: b.address });
    await untilScraped([a, b]);
    let sides: CountedSides = { stable: { revision: 1, pods: [ra, rb] }, candidate: undefined };
    const counts = prometheus({ url: PROMETHEUS }).counts(SELECTORS);
    const source = counts.open({ namespace, app: "shop", sides: () => sides });

    await untilTrue(source, [a, b]);
    await a.ask(7, "?status=500&ms=700");
    await b.ask(5, "?ms=80");
    await untilTrue(source, [a, b]);

    await a.restart();
    await a.ask(11, "?ms=300");
    await a.ask(2, "?status=500");
    await untilTrue(source, [a, b]);

    sides = { ...sides, candidate: { revision: 2, pods: [rc] } };
    scrape(namespace, { [ra]: a.address, [rb]: b.address, [rc]: c.address });
    await c.ask(9);
    await c.ask(1, "?status=500");
    await untilTrue(source, [a, b], [c]);

    // What a pod has answered stays counted when it has gone.
    await b.ask(4);
    await untilScraped([b]);
    sides = { ...sides, stable: { revision: 1, pods: [ra] } };
    scrape(namespace, { [ra]: a.address, [rc]: c.address });
    await b.stop();
    await c.restart();
    await c.ask(3);
    await untilTrue(source, [a, b], [c]);
    expect(together([a, b, c]).requests).toBe(72);
  });

  it("can go away and come back: what was counted meanwhile is not lost", async () => {
    const server = await CountingServer.start();
    const namespace = newNamespace();
    const pod = "shop-r1-a";
    scrape(namespace, { [pod]: server.address });
    await server.ask(5);
    const front = new Front();
    await front.back();
    const source = prometheus({ url: front.url })
      .counts(SELECTORS)
      .open({
        namespace,
        app: "shop",
        sides: () => ({ stable: { revision: 1, pods: [pod] }, candidate: undefined }),
      });
    await untilScraped([server]);
    await untilTrue(source, [server]);
    await front.away();
    await expect(source.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringMatching(/the connection was refused; the query: http_/) as string,
    });
    await server.ask(6);
    await untilScraped([server]);
    await server.restart();
    await server.ask(2);
    await front.back();
    await untilTrue(source, [server]);
    expect(server.truth.requests).toBe(13);
  });

  it("says so where it scrapes nothing of the pods", async () => {
    const source = prometheus({ url: PROMETHEUS })
      .counts(SELECTORS)
      .open({
        namespace: newNamespace(),
        app: "shop",
        sides: () => ({ stable: { revision: 4, pods: ["nobody"] }, candidate: undefined }),
      });
    await expect(source.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining(
        "no series of revision 4 is selected by http_requests_total{",
      ) as string,
    });
  });

  it("answers queries of a window, and never 0 where there is nothing", async () => {
    const server = await CountingServer.start();
    const namespace = newNamespace();
    scrape(namespace, { "shop-r7-a": server.address });
    await server.ask(12);
    await server.ask(3, "?status=500");
    await untilScraped([server]);
    const source = prometheus({ url: PROMETHEUS });
    const signal = new AbortController().signal;
    const window = (length: number, to = Date.now()) => ({
      ...{ target: namespace, from: to - length, to, signal },
      stable: undefined,
      candidate: { revision: 7 },
    });
    const all = 'http_requests_total{namespace="$target", pod=~"shop-r$revision-.*"}';
    const ask = (promql: string, reduce?: "last" | "max" | "sum") =>
      source.query(promql, reduce === undefined ? {} : { reduce })(window(10_000));
    expect(await ask(`sum(${all})`)).toBe(15);
    expect(await ask(all, "sum")).toBe(15);
    expect(await ask(all, "max")).toBe(12);
    expect(await ask(`${all.replace("}", ', code="500"}')}[$window]`, "last")).toBe(3);
    await expect(ask(all)).rejects.toMatchObject({
      message: expect.stringMatching(/gives 2 series/) as string,
    });
    expect(await ask('http_requests_total{namespace="prom-nobody"}')).toBeNull();
    expect(await ask("vector(0) / 0")).toBeNull();
    expect(await ask(`vector(1) and absent(${all})`)).toBeNull();
    await expect(ask("sum(")).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringMatching(/status 400: bad_data: .*parse error.*; the query: sum\(/) as string,
    });

    // The series ends with its last scrape, and a sample from before the window is none.
    await server.stop();
    const over = Date.now();
    expect(await source.query(all, { reduce: "sum" })(window(20_000, over))).toBe(15);
    expect(await source.query(all, { reduce: "sum" })(window(1_000, over + 60_000))).toBeNull();
    const last = source.query(`sum(last_over_time(${all}[$window]))`);
    expect(await last(window(20_000, over))).toBe(15);
    expect(await last(window(1_000, over + 60_000))).toBeNull();
  });

  it("is told who asks, also by a token that is renewed meanwhile", async () => {
    const front = new Front("second");
    await front.back();
    process.env["PROM_LAB_TOKEN"] = "first";
    onTestFinished(() => {
      delete process.env["PROM_LAB_TOKEN"];
    });
    const query = prometheus({ url: front.url, token: env("PROM_LAB_TOKEN") }).query("vector(42)");
    const signal = new AbortController().signal;
    const to = Date.now();
    const window = { target: "t", from: to - 1_000, to, signal, stable: undefined, candidate: undefined };
    await expect(query(window)).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining("status 401: it does not let us in") as string,
    });
    process.env["PROM_LAB_TOKEN"] = "second";
    expect(await query(window)).toBe(42);
    expect(await query(window)).toBe(42);
    expect(front.asked).toBe(4);
  });
});
