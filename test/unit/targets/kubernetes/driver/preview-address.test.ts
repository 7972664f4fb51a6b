import { describe, expect, it } from "vitest";
import { service } from "../../../../../src/deploy/index.ts";
import type { ClusterProvider } from "../../../../../src/ports/index.ts";
import { connectKubernetes } from "../../../../../src/targets/kubernetes/connect.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

/** Where a candidate is asked from a pod whose own cluster is at `host`, when the connection goes to `server`. */
async function askedAt(server: string, host: string): Promise<string | undefined> {
  const provider: ClusterProvider = {
    kind: "test",
    name: "prod",
    spec: {},
    needs: [],
    describe: () => "a cluster in memory",
    connect: () => Promise.resolve({ server, namespace: "shop" }),
  };
  const context = targetContext({
    pipeline: "web",
    env: { KUBERNETES_SERVICE_HOST: host },
  });
  const spec = JSON.parse(JSON.stringify(service({ image: "web:1", replicas: 1 }).spec)) as never;
  const cluster = new FakeCluster();
  const driver = await connectKubernetes(
    { provider, counts: undefined, open: () => cluster.api() },
    { target: kubernetesSpec({ cluster: provider }), app: { kind: "service", spec, secrets: {} } },
    context,
  );
  try {
    await driver.start(1);
    return (await driver.observe()).candidate?.url;
  } finally {
    await driver.close();
  }
}

describe("the address of a candidate, for a pipeline in a pod", () => {
  it.each([
    ["https://10.96.0.1:443", "10.96.0.1"],
    ["https://10.96.0.1", "10.96.0.1"],
    ["https://[fd00::1]:443", "fd00::1"],
    ["https://[fd00::1]:443", "[fd00:0:0::1]"],
    ["https://kubernetes.default.svc", "10.96.0.1"],
    ["https://kubernetes.default.svc.cluster.local:443", "10.96.0.1"],
  ])("is its name in the cluster where %s is this one, at %s", async (server, host) => {
    expect(await askedAt(server, host)).toBe("http://web-preview.shop.svc");
  });

  it.each([
    ["https://prod.example:6443", "10.96.0.1"],
    ["https://10.96.0.10:443", "10.96.0.1"],
    ["https://kubernetes.default.svc.example.com", "10.96.0.1"],
    ["https://[fd00::2]:443", "fd00::1"],
  ])("is one that forwards where %s is another cluster than the one at %s", async (server, host) => {
    expect(await askedAt(server, host)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
