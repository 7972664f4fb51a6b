import { describe, expect, it } from "vitest";
import { rolling } from "../../../../../src/deploy/index.ts";
import type { StrategyResult } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { BundleDriver } from "../../../../../src/targets/kubernetes/driver/bundle-driver.ts";
import { makeGoodBundle } from "../../../../../src/targets/kubernetes/driver/moves/make-good.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import { Kit } from "./kit.ts";

const config = (name: string, value: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop" },
  data: { value },
});

function deployment(version: string, pod = "good"): KubeObject {
  const labels = { app: "site" };
  const annotations = { "fake/pod": pod };
  const template = {
    metadata: { labels, annotations },
    spec: { containers: [{ name: "site", image: `site:${version}` }] },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "site", namespace: "shop" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
}

async function deploy(kit: Kit, digest: string, objects: readonly KubeObject[]): Promise<StrategyResult> {
  const session = kit.session();
  const driver = new BundleDriver(session, { kind: "bundle", digest, objects });
  await makeGoodBundle(session, driver, digest);
  const clock = virtualClock();
  const strategy = rolling();
  return await clock.run(strategy.release(driver, strategy.spec as never, rolloutContext({ clock })));
}

const names = (kit: Kit): readonly string[] => Object.keys(kit.picture()).sort();

describe("BundleDriver", () => {
  it("applies objects as they are, removes what is no longer among them, and knows what is current", async () => {
    const kit = new Kit();
    const first = await deploy(kit, "sha256:1", [config("a", "1"), config("b", "1"), deployment("1")]);
    expect(first).toMatchObject({ outcome: "released", release: { revision: 1, digest: "sha256:1" } });
    const second = await deploy(kit, "sha256:2", [config("a", "2"), deployment("2")]);
    expect(second).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(names(kit)).toEqual(["ConfigMap a", "Deployment site"]);
    expect(await deploy(kit, "sha256:2", [config("a", "2"), deployment("2")])).toMatchObject({
      release: { revision: 2 },
    });
    expect((await kit.session().records.list()).map(({ header }) => header.state)).toEqual([
      "live",
      "retired",
    ]);
  });

  it("puts every object back as it was when the release does not become ready", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1"), deployment("1")]);
    const before = kit.picture();
    const result = await deploy(kit, "sha256:2", [
      config("a", "2"),
      config("c", "2"),
      deployment("2", "bad"),
    ]);
    expect(result).toMatchObject({ outcome: "rolled-back" });
    expect(kit.picture()).toEqual(before);
  });

  it("takes back what a run that was killed had left, once another release is deployed", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1"), deployment("1")]);
    const before = kit.picture();
    const left = new BundleDriver(kit.session(), {
      kind: "bundle",
      digest: "sha256:2",
      objects: [config("a", "2"), config("d", "2")],
    });
    await left.roll();
    expect(kit.picture()).not.toEqual(before);
    const again = await deploy(kit, "sha256:1", [config("a", "1"), deployment("1")]);
    expect(again).toMatchObject({ outcome: "released", release: { revision: 1 } });
    expect(kit.picture()).toEqual(before);
  });
});
