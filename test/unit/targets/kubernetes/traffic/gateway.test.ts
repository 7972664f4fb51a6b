import { describe, expect, it } from "vitest";
import { rolling } from "../../../../../src/deploy/index.ts";
import type { Release } from "../../../../../src/model/index.ts";
import type { StrategyResult } from "../../../../../src/ports/index.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import type { GatewayParent, TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import { Kit, release, rendered } from "../driver/kit.ts";

const ROUTE = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  name: "web",
  namespace: "shop",
};
const GATEWAY = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" };

function traffic(hostnames: readonly string[], parents: readonly GatewayParent[] = [{ name: "public" }]) {
  return { kind: "gateway", parents, hostnames } satisfies TrafficSpec;
}

/** A cluster on which the first release is live, and whose target is given other traffic then. */
async function live(before: TrafficSpec): Promise<{ kit: Kit; become: (traffic: TrafficSpec) => void }> {
  const options = { traffic: before };
  const kit = new Kit(options);
  await release(kit, rendered());
  return { kit, become: (traffic) => void (options.traffic = traffic) };
}

async function deploy(kit: Kit): Promise<StrategyResult> {
  const strategy = rolling();
  const clock = virtualClock();
  const driver = await kit.connect(rendered());
  return await clock.run(strategy.release(driver, strategy.spec as never, rolloutContext({ clock })));
}

describe("a gateway's route whose options alone have changed", () => {
  it.each([
    ["other host names", traffic(["new.example"])],
    ["no host name any more", traffic([])],
    ["another Gateway", traffic(["old.example"], [{ name: "private" }])],
    ["another listener", traffic(["old.example"], [{ name: "public", sectionName: "https" }])],
    [
      "a Gateway more",
      traffic(["old.example"], [{ name: "public" }, { name: "private", namespace: "edge" }]),
    ],
  ])("gets %s, with the release that is live as it is", async (_what, changed) => {
    const { kit, become } = await live(traffic(["old.example"]));
    become(changed);
    expect(await deploy(kit)).toMatchObject({ outcome: "released", release: { revision: 1 } });
    const route = kit.cluster.get(ROUTE);
    expect(at(route, "spec", "parentRefs")).toEqual(changed.parents);
    expect(at(route, "spec", "hostnames") ?? []).toEqual(changed.hostnames);
  });

  it("is left alone where the server has only filled in what is the same", async () => {
    const { kit } = await live(traffic(["old.example"]));
    const route = kit.cluster.get(ROUTE);
    const filled = { name: "public", group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "shop" };
    kit.cluster.put({
      ...ROUTE,
      ...route,
      metadata: { ...route?.metadata, name: "web" },
      spec: { ...route?.spec, parentRefs: [filled] },
    });
    const from = kit.cluster.log.length;
    await deploy(kit);
    expect(kit.cluster.log.slice(from).filter((line) => line === "apply HTTPRoute web")).toEqual([]);
  });
});

describe("the address behind a gateway", () => {
  const listener = (protocol: string, more: object = {}): object => ({
    name: protocol.toLowerCase(),
    protocol,
    port: 443,
    ...more,
  });

  async function urlBehind(listeners: readonly object[], parent: GatewayParent, host = "web.example") {
    const kit = new Kit({ traffic: traffic([host], [parent]) });
    const { name, namespace = "shop" } = parent;
    kit.cluster.put({ ...GATEWAY, metadata: { name, namespace }, spec: { listeners } });
    await release(kit, rendered());
    const result = (await deploy(kit)) as { readonly release: Release };
    return result.release.url;
  }

  const web = listener("HTTP");
  const every = { allowedRoutes: { namespaces: { from: "All" } } };

  it.each([
    ["HTTP alone", [web], { name: "public" }, "http"],
    ["HTTPS beside HTTP", [web, listener("HTTPS")], { name: "public" }, "https"],
    ["the listener that is named", [web, listener("HTTPS")], { name: "public", sectionName: "http" }, "http"],
    ["HTTPS for its host", [web, listener("HTTPS", { hostname: "*.example" })], { name: "public" }, "https"],
    [
      "HTTPS for another host",
      [web, listener("HTTPS", { hostname: "api.example" })],
      { name: "public" },
      "http",
    ],
    ["TLS, which takes no HTTP routes", [web, listener("TLS")], { name: "public" }, "http"],
    [
      "HTTPS that takes no routes from here",
      [web, listener("HTTPS")],
      { name: "public", namespace: "edge" },
      "http",
    ],
    [
      "HTTPS of another namespace",
      [listener("HTTPS", every)],
      { name: "public", namespace: "edge" },
      "https",
    ],
  ])("goes by %s", async (_what, listeners, parent, scheme) => {
    expect(await urlBehind(listeners, parent)).toBe(`${scheme}://web.example`);
  });

  it("is taken for http where the Gateway may not be read", async () => {
    const kit = new Kit({ traffic: traffic(["web.example"]) });
    await release(kit, rendered());
    const driver = await kit.connect(rendered(), ({ name }) => {
      if (name.startsWith("Gateway")) throw new Error("forbidden");
    });
    expect((await driver.observe()).url).toBe("http://web.example");
  });
});
