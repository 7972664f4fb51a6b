import { describe, expect, it } from "vitest";
import { Endpoints } from "../../../../../src/targets/kubernetes/traffic/endpoints.ts";
import { GatewayRouter } from "../../../../../src/targets/kubernetes/traffic/gateway.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";

const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;
const { signal } = new AbortController();
const FRONT = { ports: [{ name: "http", port: 80, targetPort: 8080 }] };
/** Nobody waits for its pods. */
const PARTY = { revision: 1, replicas: 1, ready: 0 };

function routerOn(cluster: FakeCluster): GatewayRouter {
  const api = cluster.api();
  const endpoints = new Endpoints(api, "web", "shop");
  const hands = { api, guard: () => Promise.resolve(), app: "web", namespace: "shop", labels: {} };
  return new GatewayRouter({ ...hands, force: false, timeout: 200 }, endpoints, {
    parents: [{ name: "public" }],
    hostnames: [],
  });
}

describe("a route whose backends a Gateway does not find", () => {
  it("is given time, because a controller may see a route before what is behind it", async () => {
    const cluster = new FakeCluster();
    cluster.refusals = 2;
    await routerOn(cluster).settle(PARTY, FRONT, signal);
    const route = cluster.get({ ...ROUTE, name: "web", namespace: "shop" });
    expect(JSON.stringify(route?.status)).not.toContain("False");
  });

  it("is a failure where that stays so, with what the Gateway says", async () => {
    const cluster = new FakeCluster();
    cluster.refusals = Infinity;
    const settled = routerOn(cluster).settle(PARTY, FRONT, signal);
    await expect(settled).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(settled).rejects.toThrow(/finds no such backend: no endpoints/);
  });
});
