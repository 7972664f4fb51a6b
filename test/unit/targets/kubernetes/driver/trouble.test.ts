import { describe, expect, it } from "vitest";
import { SluiceError } from "../../../../../src/errors/index.ts";
import { canary, errorRate, rolling } from "../../../../../src/deploy/index.ts";
import type { Strategy } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import { advance, Kit, release, rendered } from "./kit.ts";

const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };
const REPLICAS: TrafficSpec = { kind: "replicas" };
const selected = (kit: Kit): unknown => at(kit.service(), "spec", "selector", LABELS.revision);
const size = (kit: Kit, revision: number): unknown => at(kit.deployment(revision), "spec", "replicas");

async function run(kit: Kit, strategy: Strategy, version: string, health: "good" | "bad" = "good") {
  const clock = virtualClock();
  const context = rolloutContext({ clock });
  const annotations = health === "bad" ? { "fake/pod": "bad" } : {};
  const counts = { snapshot: () => Promise.resolve({ at: 0, stable: undefined, candidate: undefined }) };
  const driver = await kit.connect(rendered({ version, annotations }), undefined, counts);
  return await clock.run(strategy.release(driver, strategy.spec as never, context));
}

/** Has every pod of a live release crash from now on. */
function breakDown(kit: Kit, revision: number): void {
  const live = kit.deployment(revision) as KubeObject;
  const spec = live.spec as { readonly template: { readonly metadata: object } };
  const metadata = { ...spec.template.metadata, annotations: { "fake/pod": "bad" } };
  kit.cluster.put({ ...live, spec: { ...spec, template: { ...spec.template, metadata } } });
}

describe("a live release that is broken", () => {
  const steps = canary({ steps: [25, 50], every: "1m", analysis: [errorRate()] });

  it.each([
    ["rolling", rolling(), REPLICAS],
    ["rolling, by a gateway", rolling(), GATEWAY],
    ["canary", steps, REPLICAS],
    ["canary, by a gateway", steps, GATEWAY],
  ] as const)("is mended by the next one: %s", async (_name, strategy, traffic) => {
    const kit = new Kit({ traffic });
    await release(kit, rendered({ version: "1" }));
    breakDown(kit, 1);
    expect(await run(kit, strategy, "2")).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect([selected(kit), size(kit, 1), size(kit, 2)]).toEqual(["2", 0, 4]);
  });

  it("is what there is again where the next one does not come up either", async () => {
    const kit = new Kit();
    await release(kit, rendered({ version: "1" }));
    breakDown(kit, 1);
    expect(await run(kit, rolling(), "2", "bad")).toMatchObject({ outcome: "rolled-back", restored: 1 });
    expect([selected(kit), size(kit, 1), size(kit, 2)]).toEqual(["1", 4, undefined]);
  });

  it("is made again from its record where somebody has removed its Deployment, when the next one fails", async () => {
    const kit = new Kit();
    await release(kit, rendered({ version: "1" }));
    const before = kit.picture();
    kit.cluster.delete({ apiVersion: "apps/v1", kind: "Deployment", name: "web-r1", namespace: "shop" });
    expect(await run(kit, rolling(), "2", "bad")).toMatchObject({ outcome: "rolled-back", restored: 1 });
    expect(kit.picture()).toEqual(before);
  });
});

describe("objects of other apps", () => {
  const labels = { [LABELS.app]: "web-preview", [LABELS.target]: "prod", [LABELS.managedBy]: "sluice" };
  const other: KubeObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web-preview", namespace: "shop", labels },
    spec: { selector: { [LABELS.app]: "web-preview" }, ports: [{ port: 80 }] },
  };

  it("are refused to be overwritten, before anything changes", async () => {
    const kit = new Kit();
    kit.cluster.put(other);
    const before = kit.picture();
    const driver = await kit.connect(rendered());
    await expect(driver.start(4)).rejects.toMatchObject({
      code: "TARGET_STATE",
      message: expect.stringContaining(
        'Service shop/web-preview is of app "web-preview" on target "prod"',
      ) as string,
    });
    expect(kit.picture()).toEqual(before);
  });

  it("stay where a release of before them is finished", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    kit.cluster.put(other);
    const driver = await kit.connect(rendered());
    await driver.promote();
    expect(kit.service("web-preview")).toMatchObject({ spec: { selector: { [LABELS.app]: "web-preview" } } });
  });
});

describe("the time in which the old release is kept", () => {
  async function whileKept(kit: Kit): Promise<void> {
    await release(kit, rendered({ version: "1" }));
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    await driver.route(100);
    expect(await driver.promote({ keepOld: 60_000 })).toMatchObject({ revision: 2 });
  }

  it("is free for whoever goes back, and nothing is done to what they have made", async () => {
    const kit: Kit = new Kit({
      clock: {
        now: () => 1_000_000,
        sleep: async () => {
          const other = await kit.connect(rendered({ version: "1" }));
          await advance(other, 4);
        },
      },
    });
    await whileKept(kit);
    expect([selected(kit), size(kit, 3)]).toEqual(["3", 4]);
    expect(kit.said.join("\n")).toContain("revision 2: somebody else has changed the target meanwhile");
  });

  it("leaves what is left to do to whoever has the target then", async () => {
    const busy = new SluiceError("TARGET_BUSY", "somebody else has it");
    const kit = new Kit({
      clock: { now: () => 1_000_000, sleep: () => Promise.resolve() },
      take: () => Promise.reject(busy),
    });
    await whileKept(kit);
    expect([selected(kit), size(kit, 1)]).toEqual(["2", 4]);
  });
});

describe("jobs of a release", () => {
  const migrate = (fail: boolean) => ({
    name: "migrate",
    forwardOnly: true,
    timeout: 1_000,
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name: "web-migrate",
        namespace: "shop",
        labels: {},
        ...(fail ? { annotations: { "fake/job": "fail" } } : {}),
      },
      spec: {},
    },
  });
  const applied = (kit: Kit): number =>
    kit.cluster.log.filter((line) => line.startsWith("apply Job web-migrate")).length;

  it("that have failed are run anew when the release is gone on with", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const app = rendered({ version: "2" });
    const failing = await kit.connect({ ...app, before: [migrate(true)] });
    await expect(failing.start(4)).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
    await expect(failing.abort("bad")).rejects.toMatchObject({ code: "ROLLOUT_HELD" });
    const again = await kit.connect({ ...app, before: [migrate(false)] });
    await advance(again, 4);
    expect(applied(kit)).toBe(2);
    expect(selected(kit)).toBe("2");
  });

  it("that have ended well are not run again, also when the cluster has forgotten them", async () => {
    const kit = new Kit();
    await release(kit, rendered());
    const app = { ...rendered({ version: "2" }), before: [migrate(false)] };
    const bad = { ...app, workload: (revision: number) => bare(app.workload(revision, 4)) };
    const first = await kit.connect(bad);
    await expect(first.start(4)).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
    kit.cluster.delete({ apiVersion: "apps/v1", kind: "Deployment", name: "web-r2", namespace: "shop" });
    for (const { kind, apiVersion, metadata } of kit.cluster.objects.values())
      if (kind === "Job") kit.cluster.delete({ kind, apiVersion, name: metadata.name, namespace: "shop" });
    const again = await kit.connect(app);
    await advance(again, 4);
    expect(applied(kit)).toBe(1);
  });

  it("have names of their own, whatever the app and the job are called", async () => {
    const { jobObject } = await import("../../../../../src/targets/kubernetes/driver/jobs.ts");
    const session = (app: string) => ({ place: { app, namespace: "shop" } }) as never;
    const job = (name: string) => ({ ...migrate(false), name });
    const names = [
      jobObject(session("shop"), job("api-migrate"), 1),
      jobObject(session("shop-api"), job("migrate"), 1),
      jobObject(session("a".repeat(50)), job("b".repeat(40)), 1),
      jobObject(session("a".repeat(50)), job(`${"b".repeat(39)}c`), 1),
    ].map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(4);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(63);
  });
});

function bare(object: KubeObject): KubeObject {
  const spec = object.spec as { readonly template: { readonly metadata: object } };
  const metadata = { ...spec.template.metadata, annotations: { "fake/pod": "bad" } };
  return { ...object, spec: { ...spec, template: { ...spec.template, metadata } } };
}
