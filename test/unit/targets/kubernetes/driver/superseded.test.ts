import { describe, expect, it } from "vitest";
import { blueGreen, canary, errorRate, rolling } from "../../../../../src/deploy/index.ts";
import type { CountSource, Strategy, StrategyResult } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS, type RenderedService } from "../../../../../src/targets/kubernetes/render/types.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import { Kit, release, rendered } from "./kit.ts";

const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };
const REPLICAS: TrafficSpec = { kind: "replicas" };
const selected = (kit: Kit): unknown => at(kit.service(), "spec", "selector", LABELS.revision);
const size = (kit: Kit, revision: number): unknown => at(kit.deployment(revision), "spec", "replicas");

const none: CountSource = {
  snapshot: () => Promise.resolve({ at: 0, stable: undefined, candidate: undefined }),
};

async function run(kit: Kit, strategy: Strategy, app: RenderedService): Promise<StrategyResult> {
  const clock = virtualClock();
  const driver = await kit.connect(app, undefined, none);
  return await clock.run(strategy.release(driver, strategy.spec as never, rolloutContext({ clock })));
}

/** Has every pod of a release crash from now on. */
function breakDown(kit: Kit, revision: number): void {
  const live = kit.deployment(revision) as KubeObject;
  const spec = live.spec as { readonly template: { readonly metadata: object } };
  const metadata = { ...spec.template.metadata, annotations: { "fake/pod": "bad" } };
  kit.cluster.put({ ...live, spec: { ...spec, template: { ...spec.template, metadata } } });
}

function migrating(version: string): RenderedService {
  const object = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "web-migrate", namespace: "shop", labels: {} },
    spec: {},
  };
  const job = { name: "migrate", forwardOnly: true, timeout: 1_000, object };
  return { ...rendered({ version }), before: [job] };
}

describe.each([
  ["by replicas", REPLICAS],
  ["by a gateway", GATEWAY],
])("a candidate that alone serves, %s", (_how, traffic) => {
  async function held(weight: number): Promise<Kit> {
    const kit = new Kit({ traffic });
    await release(kit, rendered({ version: "1" }));
    const driver = await kit.connect(migrating("2"));
    await driver.start(4);
    await driver.route(weight);
    await expect(driver.abort("errors")).rejects.toMatchObject({ code: "ROLLOUT_HELD" });
    breakDown(kit, 1);
    return kit;
  }

  it.each([20, 100])("is what the release that mends it comes up beside, at %i %%", async (weight) => {
    const kit = await held(weight);
    const connected = await kit.connect(rendered({ version: "3" }));
    expect(await connected.observe()).toMatchObject({
      stable: { revision: 2, replicas: 4, ready: 4 },
      candidate: undefined,
    });
    expect([selected(kit), size(kit, 1)]).toEqual(["2", 0]);
    expect(kit.said.join("\n")).toContain("no replica of revision 1 is ready, so revision 2 is what is live");
    expect(await run(kit, rolling(), rendered({ version: "3" }))).toMatchObject({
      outcome: "released",
      release: { revision: 3 },
    });
    expect([selected(kit), size(kit, 2), size(kit, 3)]).toEqual(["3", 0, 4]);
    const records = await kit.session().records.list();
    expect(records.map(({ header }) => header.state)).toEqual(["live", "retired", "retired"]);
  });

  it("is what there is again where the release that mends it does not come up", async () => {
    const kit = await held(50);
    const bad = rendered({ version: "3", annotations: { "fake/pod": "bad" } });
    expect(await run(kit, rolling(), bad)).toMatchObject({ outcome: "rolled-back", restored: 2 });
    expect([selected(kit), size(kit, 2), size(kit, 3)]).toEqual(["2", 4, undefined]);
  });

  it("has its autoscaler follow it", async () => {
    const kit = new Kit({ traffic });
    const autoscale = { min: 4, max: 9 };
    await release(kit, rendered({ version: "1", autoscale }));
    const driver = await kit.connect(rendered({ version: "2", autoscale }));
    await driver.start(4);
    breakDown(kit, 1);
    await kit.connect(rendered({ version: "3", autoscale }));
    const scaler = kit.picture()["HorizontalPodAutoscaler web"];
    expect(at(scaler, "spec", "scaleTargetRef", "name")).toBe("web-r2");
  });

  it.each([
    ["rolling", rolling()],
    ["canary", canary({ steps: [25], every: "1m", analysis: [errorRate()], onInconclusive: "promote" })],
    ["blue-green", blueGreen()],
  ] as const)(
    "is gone on with, or replaced, where its process died before it was live: %s",
    async (_name, strategy) => {
      for (const [version, revision] of [
        ["2", 2],
        ["3", 3],
      ] as const) {
        const kit = new Kit({ traffic });
        await release(kit, rendered({ version: "1" }));
        breakDown(kit, 1);
        const dead = await kit.connect(rendered({ version: "2" }));
        await dead.start(4);
        await dead.route(100);
        expect(await run(kit, strategy, rendered({ version }))).toMatchObject({
          outcome: "released",
          release: { revision },
        });
        expect([selected(kit), size(kit, 1)]).toEqual([String(revision), 0]);
      }
    },
  );

  it("is taken back like any other where a replica of the live release is ready", async () => {
    const kit = new Kit({ traffic });
    await release(kit, rendered({ version: "1" }));
    const driver = await kit.connect(rendered({ version: "2" }));
    await driver.start(4);
    const next = await kit.connect(rendered({ version: "3" }));
    expect(await next.observe()).toMatchObject({ stable: { revision: 1 }, candidate: undefined });
  });
});
