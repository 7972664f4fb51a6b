import { describe, expect, it } from "vitest";
import { ApiFault } from "../../../../../src/targets/kubernetes/api/api-fault.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import { Kit, release, rendered } from "./kit.ts";

/** The revision that the Service at an address of the cluster leads to; undefined: more than one, or none. */
function behind(kit: Kit, url: string | undefined): unknown {
  const name = /^http:\/\/([^.]+)\.shop\.svc$/.exec(url ?? "")?.[1] ?? "";
  return at(kit.service(name), "spec", "selector", LABELS.revision);
}

const TRAFFIC: readonly (readonly [string, TrafficSpec])[] = [
  ["replicas()", { kind: "replicas" }],
  ["gateway()", { kind: "gateway", parents: [{ name: "public" }], hostnames: [] }],
];

describe.each(TRAFFIC)("addresses of the two sides, by %s", (_, traffic) => {
  it.each([50, 100])("lead to one side each while the candidate gets %i per cent", async (weight) => {
    const kit = new Kit({ traffic });
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    await driver.route(weight);
    const { stable, candidate } = await driver.observe();
    expect(behind(kit, stable?.url)).toBe("1");
    expect(behind(kit, candidate?.url)).toBe("2");
  });

  it("need no Service that stays", async () => {
    const kit = new Kit({ traffic });
    await release(kit, rendered());
    const services = (): readonly string[] =>
      Object.keys(kit.picture()).filter((name) => name.startsWith("Service "));
    const before = services();
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    await driver.route(50);
    await driver.route(100);
    await driver.promote();
    expect(services()).toEqual(before);
    const third = await kit.connect(rendered({ version: "3" }));
    await third.start(4);
    await third.route(50);
    await third.abort("it is bad");
    expect(services()).toEqual(before);
  });
});

describe("the Service of the live release alone", () => {
  it("is not taken from an app that is called so", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const labels = { [LABELS.app]: "web-live", [LABELS.target]: "prod", [LABELS.managedBy]: "sluice" };
    const metadata = { name: "web-live", namespace: "shop", labels };
    const spec = { ports: [{ port: 80 }] };
    const object = { apiVersion: "v1", kind: "Service", metadata, spec };
    await kit.cluster.api().apply(object, { manager: "sluice" });
    const driver = await kit.connect(rendered({ version: "2" }));
    await expect(driver.start(1)).rejects.toThrow(
      /would overwrite what is not its own: Service shop\/web-live/,
    );
    expect(kit.service("web-live")).toBeDefined();
  });

  it("is tried before anything changes, so that one of somebody else's is told in time", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const before = kit.picture();
    const details = { status: 409, reason: "Conflict", causes: [], retryAfter: undefined };
    const driver = await kit.connect(rendered({ version: "2" }), ({ verb, name, done }) => {
      if (verb === "dry-run" && name === "Service web-live" && !done)
        throw new ApiFault("MANIFEST_INVALID", "kubectl has set .spec.selector", details);
    });
    await expect(driver.start(1)).rejects.toThrow(/Service shop\/web-live/);
    expect(kit.picture()).toEqual(before);
  });
});
