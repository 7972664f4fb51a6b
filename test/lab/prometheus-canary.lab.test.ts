// needs: prometheus
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { prometheus } from "../../src/metrics/index.ts";
import type { Clock, RolloutDriver, StrategyResult } from "../../src/ports/index.ts";
import { canary, errorRate, latency, metric } from "../../src/strategies/index.ts";
import { rolloutContext, type RolloutContext, scriptedDriver } from "../../src/testing/index.ts";
import { need } from "./lab.ts";
import { CountingServer } from "./prometheus/counting-server.ts";
import { newNamespace, PROMETHEUS, scrape } from "./prometheus/scrape.ts";

const clock: Clock = { now: Date.now, sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}) };
const PODS = { stable: "shop-r1-a", candidate: "shop-r2-a" };

interface Rolled {
  readonly result: StrategyResult;
  readonly context: RolloutContext;
  readonly weights: readonly number[];
}

/** Rolls out beside a stable release of which each 50th request fails; `query` gives what the candidate is asked. */
async function rollOut(query: (index: number) => string): Promise<Rolled> {
  const servers = { stable: await CountingServer.start(), candidate: await CountingServer.start() };
  const namespace = newNamespace();
  scrape(namespace, {
    [PODS.stable]: servers.stable.address,
    [PODS.candidate]: servers.candidate.address,
  });
  const source = prometheus({ url: PROMETHEUS });
  const driver = scriptedDriver({ clock, traffic: null });
  const counts = source
    .counts({
      requests: 'http_requests_total{namespace="$namespace", pod=~"$pods"}',
      errors: 'http_requests_total{namespace="$namespace", pod=~"$pods", code=~"5.."}',
      latency: 'http_request_duration_seconds_bucket{namespace="$namespace", pod=~"$pods"}',
    })
    .open({
      namespace,
      app: "shop",
      sides: () => {
        const { stable, candidate } = driver.state;
        const side = (revision: number) => ({
          revision,
          pods: [revision === 1 ? PODS.stable : PODS.candidate],
        });
        return {
          stable: stable && side(stable.revision),
          candidate: candidate && side(candidate.revision),
        };
      },
    });
  const counted: RolloutDriver = Object.assign(driver, { counts });
  const scraped = source.query(`min(up{namespace="${namespace}"})`);
  const strategy = canary({
    steps: [30],
    every: "20s",
    window: "2s",
    warmup: "2s",
    analysis: [
      errorRate(),
      latency(),
      metric({ name: "scraped", query: scraped, min: 1, interval: "5s", inconclusiveLimit: 9 }),
    ],
  });
  const over = new AbortController();
  const traffic = (async () => {
    for (let index = 1; !over.signal.aborted; index++) {
      await servers.stable.ask(1, index % 50 === 0 ? "?status=500" : "");
      if (driver.state.weight > 0 && index % 2 === 0) await servers.candidate.ask(1, query(index / 2));
    }
  })();
  const context = rolloutContext({ clock });
  try {
    const result = await strategy.release(counted, strategy.spec as never, context);
    return { result, context, weights: driver.weights };
  } finally {
    over.abort();
    await traffic;
  }
}

describe.skipIf(!need("prometheus").available)("a canary that is judged by a real Prometheus", () => {
  it("goes on where it is no worse", async () => {
    const { result, context } = await rollOut((index) => (index % 50 === 0 ? "?status=500" : ""));
    const analyses = context.events.filter((event) => event.type === "rollout.analysis");
    expect(result, JSON.stringify(analyses.at(-1))).toMatchObject({ outcome: "released" });
    const signals = analyses.at(-1)?.signals ?? [];
    expect(signals.map(({ outcome }) => outcome)).toEqual(["pass", "pass", "pass"]);
    expect(signals[0]?.samples).toBeGreaterThan(100);
    expect(signals[2]).toMatchObject({ name: "scraped", candidate: 1 });
  });

  it("is taken back where more requests fail", async () => {
    const { result, weights } = await rollOut((index) => (index % 4 === 0 ? "?status=500" : ""));
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(/^errors \d+(\.\d)? % against [\d.]+ % at stable/) as string,
    });
    expect(weights).toEqual([30, 0]);
  });

  it("is taken back where it is slower", async () => {
    const { result } = await rollOut((index) => (index % 3 === 0 ? "?ms=400" : ""));
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(/^slower than 50 ms \(latency p95\)/) as string,
    });
  });
});
