import { describe, expect, it } from "vitest";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import { advance, Kit, release, rendered } from "./kit.ts";

const selected = (kit: Kit): unknown => at(kit.service(), "spec", "selector", LABELS.revision);
const size = (kit: Kit, revision: number): unknown => at(kit.deployment(revision), "spec", "replicas");

describe("KubernetesDriver", () => {
  it("brings up a first release without traffic, then gives it all", async () => {
    const kit = new Kit();
    const driver = await kit.connect(rendered());
    expect(await driver.observe()).toMatchObject({ desired: 4, weight: 0, current: false });
    await driver.start(4);
    expect(kit.service()).toBeUndefined();
    expect((await driver.observe()).candidate).toMatchObject({ revision: 1, replicas: 4, ready: 4 });
    await driver.route(100);
    expect(selected(kit)).toBe("1");
    expect(await driver.promote()).toMatchObject({
      target: "prod",
      name: "web",
      revision: 1,
      url: "http://web.shop.svc",
    });
    expect(await driver.observe()).toMatchObject({
      stable: { revision: 1 },
      candidate: undefined,
      current: true,
    });
    expect(kit.service("web-preview")).toBeUndefined();
  });

  it("divides requests by numbers of pods, never with more than one extra pod, and says what it reaches", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(1);
    expect(selected(kit)).toBe("1");
    await driver.route(5);
    expect([size(kit, 1), size(kit, 2), selected(kit)]).toEqual([4, 1, undefined]);
    expect(await driver.observe()).toMatchObject({ weight: 20, asked: 5 });
    expect(kit.said.join("\n")).toContain(
      "5 % cannot be reached with 4 replicas: the candidate gets 20 % (1 of 5 pods)",
    );
    await driver.route(50);
    expect([size(kit, 1), size(kit, 2)]).toEqual([2, 2]);
    expect(await driver.observe()).toMatchObject({ weight: 50, asked: 50 });
    await driver.route(100);
    expect(selected(kit)).toBe("2");
  });

  it("keeps the old release at full size for the time asked for, then ends it", async () => {
    const slept: number[] = [];
    const during: unknown[] = [];
    const kit: Kit = new Kit({
      clock: {
        now: () => 1_000_000,
        sleep: (ms) => {
          slept.push(ms);
          during.push(size(kit, 1), selected(kit));
          return Promise.resolve();
        },
      },
    });
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    await driver.route(100);
    await driver.promote({ keepOld: 60_000 });
    expect(slept).toEqual([60_001]);
    expect(during).toEqual([4, "2"]);
    expect(size(kit, 1)).toBe(0);
  });

  it("takes a candidate back as if it had never been there", async () => {
    const kit = new Kit();
    await release(kit, rendered({ config: { files: { "/etc/app/a.conf": "a" } } }));
    const before = kit.picture();
    const driver = await kit.connect(
      rendered({ version: "2", config: { files: { "/etc/app/a.conf": "b" } } }),
    );
    await driver.start(2);
    await driver.route(50);
    expect(kit.picture()).not.toEqual(before);
    await driver.abort("it was bad: s3cret");
    expect(kit.picture()).toEqual(before);
    const [record] = await kit.session().records.list();
    expect(record?.header).toMatchObject({ revision: 2, state: "aborted", reason: "it was bad: ***" });
    await driver.abort("again");
  });

  it("has stable at full size and ready before the requests go back, and ends the candidate last", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    await driver.route(50);
    const from = kit.cluster.log.length;
    await driver.abort("bad");
    const steps = kit.cluster.log.slice(from).filter((line) => /^(merge|apply|remove|replace)/.test(line));
    const index = (step: string): number => steps.indexOf(step);
    expect(index("merge Deployment web-r1")).toBeGreaterThanOrEqual(0);
    expect(index("merge Deployment web-r1")).toBeLessThan(index("apply Service web"));
    expect(index("apply Service web")).toBeLessThan(index("remove Deployment web-r2"));
    expect(steps.at(-1)).toBe("replace Secret sluice.web.v2");
  });

  it("refuses what the server would refuse before it has changed anything", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const before = kit.picture();
    const driver = await kit.connect(rendered({ version: "2" }));
    const records = [...kit.cluster.objects.keys()];
    const app = rendered({ version: "3" });
    const bad = {
      ...app,
      stableObjects: () => [
        { apiVersion: "v1", kind: "Service", metadata: { name: "x", namespace: "shop" } },
      ],
    };
    const other = await kit.connect(bad);
    await expect(other.start(1)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    expect(kit.picture()).toEqual(before);
    expect([...kit.cluster.objects.keys()]).toEqual(records);
    await expect(driver.start(1)).rejects.toThrow(/fence/);
  });

  it("does not take back a release whose migration cannot be undone", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const app = rendered({ version: "2" });
    const object = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "web-migrate", namespace: "shop", labels: {} },
      spec: {},
    };
    const migrating = { ...app, before: [{ name: "migrate", forwardOnly: true, timeout: 1_000, object }] };
    const driver = await kit.connect(migrating);
    await driver.start(4);
    await driver.route(50);
    const held = kit.picture();
    await expect(driver.abort("errors")).rejects.toMatchObject({ code: "ROLLOUT_HELD" });
    expect(kit.picture()).toEqual(held);
    expect(held["Job web-migrate-c931de-r2"]).toBeDefined();
    // A release that mends it is the way on.
    const mended = await kit.connect(rendered({ version: "3" }));
    await advance(mended, 4);
    expect(await mended.observe()).toMatchObject({ stable: { revision: 3 }, candidate: undefined });
  });

  it("keeps so many releases as are asked for, with what they need, and forgets the rest", async () => {
    const kit = new Kit({ history: 2 });
    for (const version of ["1", "2", "3", "4"]) {
      await release(kit, rendered({ version, config: { files: { "/etc/a": version } } }));
    }
    const records = await kit.session().records.list();
    expect(records.map(({ header }) => [header.revision, header.state])).toEqual([
      [4, "live"],
      [3, "retired"],
      [2, "retired"],
    ]);
    expect(records[1]?.header.reason).toBe("replaced by revision 4");
    expect([1, 2, 3, 4].map((revision) => kit.deployment(revision) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(Object.keys(kit.picture()).filter((name) => name.startsWith("ConfigMap"))).toHaveLength(3);
  });

  it("resizes the same release instead of releasing it again", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const driver = await kit.connect(rendered({ replicas: 6 }));
    expect(await driver.observe()).toMatchObject({
      desired: 6,
      current: true,
      stable: { revision: 1, replicas: 6 },
    });
  });

  it("removes the autoscaler while it takes replicas away from stable, and gives it back", async () => {
    const kit = new Kit();
    const autoscale = { min: 2, max: 9 };
    await release(kit, rendered({ replicas: 2, autoscale }));
    await kit.cluster
      .api()
      .merge(
        { apiVersion: "apps/v1", kind: "Deployment", name: "web-r1", namespace: "shop" },
        { spec: { replicas: 6 } },
      );
    const before = kit.picture();
    expect(before["HorizontalPodAutoscaler web"]).toBeDefined();
    const driver = await kit.connect(rendered({ version: "2", replicas: 2, autoscale }));
    expect((await driver.observe()).desired).toBe(6);
    await driver.start(3);
    await driver.route(50);
    expect(kit.picture()["HorizontalPodAutoscaler web"]).toBeUndefined();
    expect((await driver.observe()).desired).toBe(6);
    await driver.abort("bad");
    expect(kit.picture()).toEqual(before);
  });
});
