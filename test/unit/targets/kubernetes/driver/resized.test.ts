import { describe, expect, it } from "vitest";
import { returnTo } from "../../../../../src/targets/kubernetes/driver/moves/return.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { Kit, release, rendered } from "./kit.ts";

const size = (kit: Kit, revision: number): unknown => at(kit.deployment(revision), "spec", "replicas");

/** As the autoscaler, or a person, does it. */
async function scaleTo(kit: Kit, revision: number, replicas: number): Promise<void> {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", name: `web-r${revision}`, namespace: "shop" };
  await kit.cluster.api().merge(ref, { spec: { replicas } });
}

describe("a release that was resized in place", () => {
  it("has as many replicas again when it is rolled back to", async () => {
    const kit = new Kit();
    await release(kit, rendered({ replicas: 2 }));
    await kit.connect(rendered({ replicas: 6 }));
    await release(kit, rendered({ version: "2", replicas: 2 }));
    await returnTo(kit.session(), 1);
    expect(size(kit, 1)).toBe(6);
  });

  it("gets the budget that one of several replicas has, and loses it with the others", async () => {
    const kit = new Kit();
    await release(kit, rendered({ replicas: 1 }));
    expect(kit.picture()).not.toHaveProperty(["PodDisruptionBudget web"]);
    await kit.connect(rendered({ replicas: 3 }));
    expect(kit.picture()).toHaveProperty(["PodDisruptionBudget web"]);
    await release(kit, rendered({ version: "2", replicas: 1 }));
    expect(kit.picture()).not.toHaveProperty(["PodDisruptionBudget web"]);
    await returnTo(kit.session(), 1);
    expect(kit.picture()).toHaveProperty(["PodDisruptionBudget web"]);
    await kit.connect(rendered({ replicas: 1 }));
    expect([size(kit, 1), "PodDisruptionBudget web" in kit.picture()]).toEqual([1, false]);
  });

  it("is finished where its process died between its replicas and its budget", async () => {
    const kit = new Kit();
    await release(kit, rendered({ replicas: 1 }));
    await scaleTo(kit, 1, 3);
    await kit.connect(rendered({ replicas: 3 }));
    expect(kit.picture()).toHaveProperty(["PodDisruptionBudget web"]);
    expect((await kit.session().records.list())[0]?.header.replicas).toBe(3);
  });
});

describe("replicas that an autoscaler adds while a release is under way", () => {
  const autoscale = { min: 4, max: 30 };
  const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };
  const REPLICAS: TrafficSpec = { kind: "replicas" };

  it.each([
    ["by replicas", REPLICAS],
    ["by a gateway", GATEWAY],
  ])("are there when it is live, %s", async (_how, traffic) => {
    const kit = new Kit({ traffic });
    await release(kit, rendered({ autoscale }));
    const driver = await kit.connect(rendered({ version: "2", autoscale }));
    await driver.start(4);
    await scaleTo(kit, 1, 20);
    expect((await driver.observe()).desired).toBe(20);
    await driver.route(50);
    await driver.route(100);
    await driver.promote();
    expect(size(kit, 2)).toBe(20);
  });

  it("are there again when it is taken back", async () => {
    const kit = new Kit();
    await release(kit, rendered({ autoscale }));
    const driver = await kit.connect(rendered({ version: "2", autoscale }));
    await driver.start(4);
    await scaleTo(kit, 1, 20);
    await driver.route(50);
    expect(size(kit, 1)).toBe(10);
    await driver.abort("bad");
    expect(size(kit, 1)).toBe(20);
  });

  it("are not asked for where the new definition has a number of its own", async () => {
    const kit = new Kit();
    await release(kit, rendered({ autoscale }));
    await scaleTo(kit, 1, 20);
    const driver = await kit.connect(rendered({ version: "2", replicas: 3 }));
    expect((await driver.observe()).desired).toBe(3);
  });
});
