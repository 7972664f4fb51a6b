import { describe, expect, it } from "vitest";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { Kit, release, rendered } from "./kit.ts";

const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };

const fresh = (kit: Kit) =>
  kit.cluster.get({ apiVersion: "apps/v1", kind: "Deployment", name: "web-r1-baseline", namespace: "shop" });
const size = (kit: Kit, revision: number): unknown => at(kit.deployment(revision), "spec", "replicas");
/** Pods of stable, of its fresh baseline, and of the candidate. */
const sizes = (kit: Kit): readonly unknown[] => [
  size(kit, 1),
  at(fresh(kit), "spec", "replicas"),
  size(kit, 2),
];

async function underWay(replicas: number, weight: number, traffic?: TrafficSpec) {
  const kit = new Kit(traffic && { traffic });
  await release(kit, rendered({ replicas }));
  const before = kit.picture();
  const driver = await kit.connect(rendered({ version: "2", replicas }));
  await driver.start(1);
  await driver.route(weight);
  return { kit, driver, before };
}

describe("a fresh baseline", () => {
  it("is made of the stable release, as new pods that its own Deployment does not select", async () => {
    const { kit, driver } = await underWay(10, 20);
    await driver.baseline(2);
    const [own, made] = [kit.deployment(1), fresh(kit)];
    expect(at(made, "spec", "selector", "matchLabels")).toEqual({
      ...(at(own, "spec", "selector", "matchLabels") as object),
      "sluice.dev/baseline": "true",
    });
    expect(at(made, "spec", "template", "metadata", "labels")).toMatchObject({
      "app.kubernetes.io/name": "web",
      "sluice.dev/revision": "1",
      "sluice.dev/baseline": "true",
    });
    expect(at(made, "spec", "template", "spec")).toEqual(at(own, "spec", "template", "spec"));
  });

  it("takes the room of as many of stable's pods, so that the candidate's share stays", async () => {
    const { kit, driver } = await underWay(10, 20);
    expect(sizes(kit)).toEqual([8, undefined, 2]);
    await driver.baseline(2);
    expect(sizes(kit)).toEqual([6, 2, 2]);
    expect(await driver.observe()).toMatchObject({
      weight: 20,
      asked: 20,
      baseline: 2,
      stable: { replicas: 6 },
    });
    await driver.route(50);
    expect(sizes(kit)).toEqual([3, 2, 5]);
    await driver.baseline(5);
    expect(sizes(kit)).toEqual([1, 4, 5]);
    expect(await driver.observe()).toMatchObject({ weight: 50, baseline: 4 });
    await driver.route(70);
    expect(sizes(kit)).toEqual([1, 2, 7]);
  });

  it("leaves every side one pod, and says by the weight what that costs", async () => {
    const { kit, driver } = await underWay(2, 50);
    expect(sizes(kit)).toEqual([1, undefined, 1]);
    await driver.baseline(1);
    expect(sizes(kit)).toEqual([1, 1, 1]);
    expect(await driver.observe()).toMatchObject({ weight: 33, asked: 50 });
  });

  it("comes beside all of stable's pods where a gateway divides the requests", async () => {
    const { kit, driver } = await underWay(4, 20, GATEWAY);
    await driver.baseline(3);
    expect(sizes(kit)).toEqual([4, 3, 1]);
    expect(await driver.observe()).toMatchObject({ weight: 20, baseline: 3 });
  });

  it("changes nothing where it is as asked for, and has more pods before it has fewer", async () => {
    const { kit, driver } = await underWay(10, 20);
    const changes = () => kit.cluster.log.filter((line) => /^(merge|apply|remove|replace)/.test(line));
    const before = changes().length;
    await driver.baseline(2);
    expect(changes().slice(before)).toEqual(["apply Deployment web-r1-baseline", "merge Deployment web-r1"]);
    await driver.baseline(2);
    expect(changes()).toHaveLength(before + 2);
    await driver.baseline(0);
    expect(changes().slice(before + 2)).toEqual([
      "merge Deployment web-r1",
      "remove Deployment web-r1-baseline",
    ]);
    expect(sizes(kit)).toEqual([8, undefined, 2]);
    await driver.baseline(0);
    expect(changes()).toHaveLength(before + 4);
  });

  it("goes with a candidate that is taken back, after the requests are stable's alone", async () => {
    const { kit, driver, before } = await underWay(10, 20);
    await driver.baseline(2);
    const from = kit.cluster.log.length;
    await driver.abort("bad");
    expect(kit.picture()).toEqual(before);
    const log = kit.cluster.log.slice(from);
    expect(log.indexOf("apply Service web")).toBeGreaterThan(log.indexOf("merge Deployment web-r1"));
    expect(log.indexOf("remove Deployment web-r1-baseline")).toBeGreaterThan(
      log.indexOf("apply Service web"),
    );
  });

  it("goes when the candidate is promoted", async () => {
    const { kit, driver } = await underWay(4, 50);
    await driver.baseline(1);
    await driver.route(100);
    await driver.promote();
    expect(sizes(kit)).toEqual([0, undefined, 4]);
    expect(await driver.observe()).not.toHaveProperty("baseline");
  });

  it("cannot be had where nothing is live", async () => {
    const kit = new Kit();
    const driver = await kit.connect(rendered());
    await expect(driver.baseline(1)).rejects.toMatchObject({ code: "TARGET_STATE" });
    await driver.baseline(0);
  });
});
