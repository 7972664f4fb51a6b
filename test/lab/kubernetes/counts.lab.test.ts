// needs: cluster, prometheus
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canary, errorRate, latency, rolling } from "../../../src/deploy/index.ts";
import { prometheus } from "../../../src/metrics/index.ts";
import { at, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import { newNamespace, PROMETHEUS } from "../prometheus/scrape.ts";
import { PodScrapes } from "./pod-scrapes.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";
import { Traffic } from "./traffic.ts";

const POD = 'namespace="$namespace", pod=~"$pods"';
const available = need("cluster").available && need("prometheus").available;

describe.skipIf(!available)("a canary of real pods that a real Prometheus judges", () => {
  const namespace = newNamespace();
  let kit: RolloutKit;
  let scrapes: PodScrapes;
  let traffic: Traffic | undefined;

  beforeAll(async () => {
    const counts = prometheus({ url: PROMETHEUS }).counts({
      requests: `http_requests_total{${POD}}`,
      errors: `http_requests_total{${POD}, code=~"5.."}`,
      latency: `http_request_duration_seconds_bucket{${POD}}`,
    });
    kit = await RolloutKit.open(process.env["SLUICE_CLUSTER"] ?? "", { namespace, counts });
    scrapes = new PodScrapes(kit.api, namespace);
    const first = await kit.release(labService({ version: "v1" }), rolling());
    expect(first.result).toMatchObject({ outcome: "released", release: { revision: 1 } });
  });

  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
  });

  afterAll(async () => {
    scrapes.close();
    await kit.remove();
  });

  const steps = canary({
    steps: [25, 50],
    every: "20s",
    window: "2s",
    warmup: "2s",
    analysis: [errorRate(), latency()],
  });

  const fresh = canary({
    steps: [50],
    every: "30s",
    window: "2s",
    warmup: "2s",
    analysis: [errorRate()],
    baseline: "fresh",
  });

  async function address(): Promise<string> {
    const service = await kit.get("v1", "Service", "web");
    return `http://${text(service, "spec", "clusterIP")}/`;
  }

  it("is taken back by the figures where every third request fails, and loses none", async () => {
    traffic = new Traffic(await address(), { loops: 8 });
    const bad = labService({ version: "v2", env: { ERRORS: "0.3" } });
    const { result, events } = await kit.release(bad, steps);
    await traffic.stop();
    expect(result).toMatchObject({ outcome: "rolled-back" });
    const last = events.filter((event) => event.type === "rollout.analysis").at(-1);
    const failed = last?.signals.find(({ outcome }) => outcome === "fail");
    expect(failed, JSON.stringify(last)).toMatchObject({ name: "errors", baseline: 0, unit: "%" });
    expect(failed?.candidate).toBeGreaterThan(15);
    expect(failed?.candidate).toBeLessThan(45);
    expect(events.filter(({ type }) => type === "rollout.weight")).toHaveLength(1);
    expect(traffic.failed).toEqual([]);
    const sent = traffic.answers.filter((answer) => answer.text.startsWith("v2")).length;
    // Counted were no requests but ours: what Prometheus saw of the candidate is a part of what it answered.
    expect(failed?.samples).toBeLessThanOrEqual(sent);
  });

  it("is promoted by the figures where it is as good", async () => {
    traffic = new Traffic(await address(), { loops: 8 });
    const { result, events } = await kit.release(labService({ version: "v3" }), steps);
    await traffic.stop();
    const analyses = events.filter((event) => event.type === "rollout.analysis");
    expect(result, JSON.stringify(analyses.at(-1))).toMatchObject({ outcome: "released" });
    const signals = analyses.at(-1)?.signals ?? [];
    expect(signals.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["errors", "pass"],
      ["latency p95", "pass"],
    ]);
    expect(signals[0]?.samples).toBeGreaterThan(100);
    expect(traffic.failed).toEqual([]);
  });

  it("is compared with new pods of the stable release, where that is asked for, which go with it", async () => {
    traffic = new Traffic(await address(), { loops: 8 });
    const baselines = new Set<string>();
    const watch = kit.api.watch(
      { apiVersion: "v1", kind: "Pod" },
      { namespace, labels: "sluice.dev/baseline" },
    );
    const stop = watch.onChange((key, pod) => {
      if (pod !== undefined && at(pod, "status", "phase") === "Running") baselines.add(key);
    });
    const { result, events } = await kit.release(
      labService({ version: "v4", env: { ERRORS: "0.3" } }),
      fresh,
    );
    stop();
    watch.close();
    await traffic.stop();
    expect(result).toMatchObject({ outcome: "rolled-back" });
    const failed = events
      .filter((event) => event.type === "rollout.analysis")
      .at(-1)
      ?.signals.find(({ outcome }) => outcome === "fail");
    expect(failed, JSON.stringify(events.at(-1))).toMatchObject({ name: "errors", baseline: 0 });
    expect(failed?.text).toContain("at the fresh baseline");
    expect(baselines.size).toBe(1);
    expect(await kit.get("apps/v1", "Deployment", "web-r3-baseline")).toBeUndefined();
    expect(await kit.get("apps/v1", "Deployment", "web-r3")).toMatchObject({ spec: { replicas: 4 } });
    expect(traffic.failed).toEqual([]);
  });
});
