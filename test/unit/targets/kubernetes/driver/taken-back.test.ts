import { beforeEach, describe, expect, it } from "vitest";
import { rolling } from "../../../../../src/deploy/index.ts";
import { ApiFault } from "../../../../../src/targets/kubernetes/api/api-fault.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { BundleDriver } from "../../../../../src/targets/kubernetes/driver/bundle-driver.ts";
import { makeGoodBundle } from "../../../../../src/targets/kubernetes/driver/moves/make-good.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { Kit, release, rendered } from "./kit.ts";

describe("a release of manifests that is taken back", () => {
  const labels = { app: "site" };
  const site = (version: string, pod: string): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "site", namespace: "shop" },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "fake/pod": pod } },
        spec: { containers: [{ name: "site", image: `site:${version}` }] },
      },
    },
  });

  async function deploy(kit: Kit, digest: string, objects: readonly KubeObject[]): Promise<string> {
    const session = kit.session();
    const driver = new BundleDriver(session, { kind: "bundle", digest, objects });
    await makeGoodBundle(session, driver, digest);
    const clock = virtualClock();
    const strategy = rolling();
    const context = rolloutContext({ clock });
    return (await clock.run(strategy.release(driver, strategy.spec as never, context))).outcome;
  }

  const conditions = ["Accepted", "ResolvedRefs"].map((type) => ({
    type,
    status: "True",
    observedGeneration: 1,
  }));

  it.each([
    ["networking.k8s.io/v1", "Ingress"],
    ["gateway.networking.k8s.io/v1", "HTTPRoute"],
    ["gateway.networking.k8s.io/v1", "GRPCRoute"],
    ["gateway.networking.k8s.io/v1alpha2", "TLSRoute"],
    ["gateway.networking.k8s.io/v1alpha2", "TCPRoute"],
    ["gateway.networking.k8s.io/v1alpha2", "UDPRoute"],
    ["networking.istio.io/v1", "VirtualService"],
    ["traefik.io/v1alpha1", "IngressRoute"],
    ["traefik.io/v1alpha1", "IngressRouteTCP"],
    ["traefik.io/v1alpha1", "IngressRouteUDP"],
  ])("has its capacity ready before requests go there again: %s %s", async (apiVersion, kind) => {
    const kit = new Kit();
    const way = (version: string): KubeObject => ({
      apiVersion,
      kind,
      metadata: { name: "way", namespace: "shop", annotations: { version } },
      spec: { parentRefs: [{ name: "public" }] },
      // Who plays no Gateway's controller has it accepted from the beginning.
      status: { parents: [{ parentRef: { name: "public" }, conditions }] },
    });
    await deploy(kit, "sha256:1", [way("1"), site("1", "good")]);
    const from = kit.cluster.log.length;
    expect(await deploy(kit, "sha256:2", [way("2"), site("2", "bad")])).toBe("rolled-back");
    const back = kit.cluster.log.slice(kit.cluster.log.lastIndexOf("apply Deployment site"));
    expect(kit.cluster.log.lastIndexOf("apply Deployment site")).toBeGreaterThan(from);
    // Looked at when it is waited for.
    expect(back.indexOf("get Deployment site")).toBeGreaterThan(0);
    expect(back.indexOf(`apply ${kind} way`)).toBeGreaterThan(back.indexOf("get Deployment site"));
  });
});

describe("a release of a service that is taken back", () => {
  let begun = false;
  beforeEach(() => {
    begun = false;
  });
  const refusing =
    (what: string, status: number): Interceptor =>
    ({ verb, name, done }) => {
      if (!begun || verb !== "apply" || name !== what || done) return;
      const details = { status, reason: "Forbidden", causes: [], retryAfter: undefined };
      throw new ApiFault(status === 422 ? "MANIFEST_INVALID" : "CLUSTER_DENIED", "a policy says no", details);
    };

  it.each([
    ["PodDisruptionBudget web", 422],
    ["HorizontalPodAutoscaler web", 403],
    ["ServiceAccount web", 403],
  ])("gets capacity and requests back where the server no longer takes %s: %i", async (what, status) => {
    const kit = new Kit();
    const autoscale = { min: 4, max: 9 };
    await release(kit, rendered({ version: "1", autoscale }));
    const before = kit.picture();
    expect(before).toHaveProperty([what]);
    const driver = await kit.connect(rendered({ version: "2", autoscale }), refusing(what, status));
    await driver.start(2);
    await driver.route(50);
    begun = true;
    await driver.abort("bad");
    const { [what]: _refused, ...others } = before;
    expect(kit.picture()).toMatchObject(others);
    expect(kit.deployment(2)).toBeUndefined();
    expect(kit.said.join("\n")).toContain(
      `${what.replace(" ", " shop/")} cannot be put back as it was, and stays as it is: a policy says no`,
    );
    expect((await kit.session().records.list())[0]?.header.state).toBe("aborted");
  });

  it("stays under way where it is the server that does not answer", async () => {
    const kit = new Kit();
    await release(kit, rendered({ version: "1" }));
    const driver = await kit.connect(rendered({ version: "2" }), refusing("PodDisruptionBudget web", 503));
    await driver.start(2);
    begun = true;
    await expect(driver.abort("bad")).rejects.toThrow("a policy says no");
  });
});
