import { describe, expect, it } from "vitest";
import type { CountProvider, CountScope, SideCounts } from "../../../../../src/ports/index.ts";
import { countSource, type CountsQuery } from "../../../../../src/targets/kubernetes/driver/counts.ts";
import { Kit, release, rendered } from "./kit.ts";

const totals = (requests: number): SideCounts => ({
  requests,
  errors: 0,
  latency: { bounds: [], counts: [] },
});

function pod(kit: Kit, name: string, labels: Readonly<Record<string, string>> = {}): void {
  const [, revision = ""] = /-r(\d+)/.exec(name) ?? [];
  kit.cluster.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      labels: {
        "app.kubernetes.io/name": "web",
        "sluice.dev/target": "prod",
        "sluice.dev/revision": revision,
        ...labels,
      },
    },
  });
}

function end(kit: Kit, name: string): void {
  kit.cluster.delete({ apiVersion: "v1", kind: "Pod", name, namespace: "shop" });
}

/** A rollout under way, with a pod of each side and some that are none of its business. */
async function underWay(): Promise<Kit> {
  const kit = new Kit();
  await release(kit, rendered());
  const driver = await kit.connect(rendered({ version: "2" }));
  await driver.start(1);
  for (const name of ["web-r1-a", "web-r1-b", "web-r2-a"]) pod(kit, name);
  pod(kit, "web-r1-x", { "app.kubernetes.io/name": "other" });
  pod(kit, "web-r1-y", { "sluice.dev/target": "staging" });
  return kit;
}

describe("counts of a target on a cluster", () => {
  it("asks a provider about the pods of each side, as they are at every look", async () => {
    const kit = await underWay();
    const scopes: CountScope[] = [];
    const snapshot = { at: 7, stable: totals(1), candidate: totals(2) };
    const provider: CountProvider = {
      kind: "test",
      spec: {},
      open: (scope) => {
        scopes.push(scope);
        return { snapshot: () => Promise.resolve(snapshot) };
      },
    };
    const source = countSource(provider, kit.session());
    expect(scopes).toEqual([]);
    expect(await source.snapshot()).toBe(snapshot);
    await source.snapshot();
    expect(scopes).toHaveLength(1);
    const [scope] = scopes;
    expect(scope).toMatchObject({ namespace: "shop", app: "web" });
    expect(await scope?.sides()).toEqual({
      stable: { revision: 1, pods: ["web-r1-a", "web-r1-b"] },
      candidate: { revision: 2, pods: ["web-r2-a"] },
    });
  });

  it("keeps a pod that has gone for one more look", async () => {
    const kit = await underWay();
    const asked: (readonly string[] | undefined)[] = [];
    const source = countSource((query: CountsQuery) => {
      asked.push(query.stable?.pods);
      return Promise.resolve({});
    }, kit.session());
    await source.snapshot();
    end(kit, "web-r1-a");
    pod(kit, "web-r1-c");
    await source.snapshot();
    await source.snapshot();
    expect(asked).toEqual([
      ["web-r1-a", "web-r1-b"],
      ["web-r1-a", "web-r1-b", "web-r1-c"],
      ["web-r1-b", "web-r1-c"],
    ]);
  });

  it("asks a function for both sides, each by its Deployment and its pods", async () => {
    const kit = await underWay();
    const queries: CountsQuery[] = [];
    const source = countSource((query: CountsQuery) => {
      queries.push(query);
      return Promise.resolve({ stable: totals(30), candidate: totals(10) });
    }, kit.session());
    expect(await source.snapshot()).toMatchObject({
      stable: { requests: 30 },
      candidate: { requests: 10 },
    });
    expect(queries[0]).toMatchObject({
      namespace: "shop",
      app: "web",
      stable: { revision: 1, workload: "web-r1", pods: ["web-r1-a", "web-r1-b"] },
      candidate: { revision: 2, workload: "web-r2", pods: ["web-r2-a"] },
    });
  });

  it("tells the pods of a fresh baseline from the stable release's own", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(1);
    await driver.route(25);
    await driver.baseline(1);
    for (const name of ["web-r1-a", "web-r2-a"]) pod(kit, name);
    pod(kit, "web-r1-baseline-x", { "sluice.dev/baseline": "true" });
    const queries: CountsQuery[] = [];
    const source = countSource((query: CountsQuery) => {
      queries.push(query);
      return Promise.resolve({ stable: totals(30), candidate: totals(10), baseline: totals(9) });
    }, kit.session());
    expect(await source.snapshot()).toMatchObject({ stable: { requests: 30 }, baseline: { requests: 9 } });
    expect(queries[0]).toMatchObject({
      stable: { revision: 1, workload: "web-r1", pods: ["web-r1-a"] },
      candidate: { revision: 2, workload: "web-r2", pods: ["web-r2-a"] },
      baseline: { revision: 1, workload: "web-r1-baseline", pods: ["web-r1-baseline-x"] },
    });
  });

  it("is unavailable where either of them, or the cluster, gives an error", async () => {
    const kit = await underWay();
    const failing = countSource(() => Promise.reject(new Error("no route")), kit.session());
    await expect(failing.snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: 'requests to "web" could not be counted: no route',
    });
    const broken = kit.session(({ verb, name }) => {
      if (verb === "list" && name === "Pod") throw new Error("forbidden");
    });
    await expect(countSource(() => Promise.resolve({}), broken).snapshot()).rejects.toMatchObject({
      code: "METRICS_UNAVAILABLE",
      message: expect.stringContaining("forbidden") as string,
    });
  });
});
