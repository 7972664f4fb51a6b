import { describe, expect, it } from "vitest";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { list, text } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import { Kit, release, rendered } from "../driver/kit.ts";

const SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
const REPLICAS: TrafficSpec = { kind: "replicas" };
const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };

describe("the pods that an app's Services select", () => {
  const podsOf = (slice: unknown): readonly string[] =>
    list(slice, "endpoints").map((one) => text(one, "targetRef", "name"));

  it.each([
    ["replicas", REPLICAS],
    ["a gateway", GATEWAY],
  ])(
    "are those of the target alone, by %s, whoever else has the app's name on its pods",
    async (_how, traffic) => {
      const kit = new Kit({ traffic });
      await release(kit, rendered());
      const labels = { [LABELS.app]: "web" };
      kit.cluster.put({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "others", namespace: "shop" },
        spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels } } },
      });
      const driver = await kit.connect(rendered({ version: "2" }));
      await driver.start(1);
      await driver.route(50);
      const pods = kit.cluster.list(SLICE).flatMap(podsOf);
      expect(pods.filter((name) => name.startsWith("others"))).toEqual([]);
      await driver.promote();
    },
  );

  it("are there all the time while a Service that an earlier version has made is changed", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const live = kit.service();
    const selector = { [LABELS.app]: "web", [LABELS.revision]: "1" };
    if (live !== undefined) kit.cluster.put({ ...live, spec: { ...live.spec, selector } });
    const watch = kit.cluster.watch(SLICE, { namespace: "shop" });
    const fewest: number[] = [];
    watch.onChange((key, slice) => {
      if (key === "shop/web") fewest.push(podsOf(slice).length);
    });
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(1);
    await driver.route(50);
    await driver.route(100);
    await driver.promote();
    expect(Math.min(...fewest)).toBeGreaterThan(0);
    expect(kit.service()?.spec?.["selector"]).toEqual({
      [LABELS.app]: "web",
      [LABELS.target]: "prod",
      [LABELS.revision]: "2",
    });
  });
});
