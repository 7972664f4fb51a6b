import { describe, expect, it } from "vitest";
import { rolling } from "../../../../../src/deploy/index.ts";
import type { StrategyResult } from "../../../../../src/ports/index.ts";
import { ApiFault } from "../../../../../src/targets/kubernetes/api/api-fault.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { BundleDriver } from "../../../../../src/targets/kubernetes/driver/bundle-driver.ts";
import { makeGoodBundle } from "../../../../../src/targets/kubernetes/driver/moves/make-good.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { Kit } from "./kit.ts";

const config = (name: string, value: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop" },
  data: { value },
});

const SITE = { apiVersion: "apps/v1", kind: "Deployment", name: "site", namespace: "shop" } as const;

const web = (version: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "site", namespace: "shop" },
  spec: { selector: { app: "site", version }, ports: [{ port: 80 }] },
});

/** `pod`: how the fake plays its pods; null leaves that to others. */
function deployment(version: string, pod: string | null = "good"): KubeObject {
  const labels = { app: "site" };
  const annotations = pod === null ? {} : { annotations: { "fake/pod": pod } };
  const template = {
    metadata: { labels, ...annotations },
    spec: { containers: [{ name: "site", image: `site:${version}` }] },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "site", namespace: "shop" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
}

const claim = (size: string): KubeObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "disk", namespace: "shop" },
  spec: { resources: { requests: { storage: size } } },
  status: { phase: "Bound" },
});

async function deploy(
  kit: Kit,
  digest: string,
  objects: readonly KubeObject[],
  intercept?: Interceptor,
): Promise<StrategyResult> {
  const session = kit.session(intercept);
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

  it("is taken back to its end where something that was there before is not ready either", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1"), web("1"), deployment("1", null)]);
    // Its pods have broken down since, for a reason that no manifest of ours holds.
    await kit.session().api.merge(SITE, {
      spec: { template: { metadata: { annotations: { "fake/pod": "bad" } } } },
    });
    const before = kit.picture();
    const result = await deploy(kit, "sha256:2", [config("b", "2"), web("2"), deployment("2", null)]);
    expect(result).toMatchObject({ outcome: "rolled-back" });
    expect(kit.picture()).toEqual(before);
    const [last] = await kit.session().records.list();
    expect(last?.header).toMatchObject({ revision: 2, state: "aborted" });
    expect(kit.said.join("\n")).toContain(
      "not all that was there before is ready again: Deployment shop/site did not become ready",
    );
  });

  it("is taken back to its end where something cannot be put back", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [claim("1Gi"), config("a", "1"), deployment("1")]);
    let applied = 0;
    const neverShrinks: Interceptor = ({ verb, name, done }) => {
      if (verb !== "apply" || !name.endsWith(" disk") || done || ++applied === 1) return;
      const details = { status: 422, reason: "Invalid", causes: [], retryAfter: undefined };
      throw new ApiFault("MANIFEST_INVALID", "it cannot be made smaller", details);
    };
    const next = [claim("2Gi"), config("a", "2"), config("b", "2"), deployment("2", "bad")];
    expect(await deploy(kit, "sha256:2", next, neverShrinks)).toMatchObject({ outcome: "rolled-back" });
    expect(kit.said.join("\n")).toContain(
      "PersistentVolumeClaim shop/disk cannot be put back as it was, and stays as it is: it cannot be made smaller",
    );
    expect(names(kit)).not.toContain("ConfigMap b");
    expect(kit.picture()["ConfigMap a"]).toMatchObject({ data: { value: "1" } });
    const [last] = await kit.session().records.list();
    expect(last?.header).toMatchObject({ revision: 2, state: "aborted" });
  });

  it("leaves data that was written meanwhile, and says so, when it is taken back", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1"), deployment("1")]);
    const next = [claim("1Gi"), config("b", "2"), deployment("2", "bad")];
    expect(await deploy(kit, "sha256:2", next)).toMatchObject({ outcome: "rolled-back" });
    expect(names(kit)).toEqual(["ConfigMap a", "Deployment site", "PersistentVolumeClaim disk"]);
    expect(kit.said).toContain(
      "PersistentVolumeClaim shop/disk: made by this release, and left as it is, because data would go with it",
    );
  });

  it("leaves what somebody else has made under the same name since", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1")]);
    const objects = [config("a", "2"), config("b", "2"), config("c", "2")];
    await new BundleDriver(kit.session(), { kind: "bundle", digest: "sha256:2", objects }).roll();
    const theirs = { manager: "kubectl", operation: "Update", apiVersion: "v1", fieldsV1: {} } as const;
    const ref = { apiVersion: "v1", kind: "ConfigMap", name: "b", namespace: "shop" };
    kit.cluster.delete(ref);
    const metadata = { ...config("b", "theirs").metadata, managedFields: [theirs] };
    kit.cluster.put({ ...config("b", "theirs"), metadata });
    await deploy(kit, "sha256:1", [config("a", "1")]);
    expect(names(kit)).toEqual(["ConfigMap a", "ConfigMap b"]);
    expect(kit.cluster.get(ref)).toMatchObject({ data: { value: "theirs" } });
    expect(kit.said).toContain("ConfigMap shop/b: not removed, because somebody else has made it anew");
  });

  it("runs no job again that has ended well and removed itself since", async () => {
    const kit = new Kit();
    const metadata = { name: "migrate", namespace: "shop" };
    const spec = { ttlSecondsAfterFinished: 60 };
    const migrate: KubeObject = { apiVersion: "batch/v1", kind: "Job", metadata, spec };
    await deploy(kit, "sha256:1", [config("a", "1"), migrate]);
    kit.cluster.delete({ apiVersion: "batch/v1", kind: "Job", ...metadata });
    expect(await deploy(kit, "sha256:1", [config("a", "1"), migrate])).toMatchObject({
      outcome: "released",
      release: { revision: 1 },
    });
    expect(names(kit)).toEqual(["ConfigMap a"]);
  });

  const database = (name: string): KubeObject => ({
    apiVersion: "example.com/v1",
    kind: "Database",
    metadata: { name, namespace: "shop", finalizers: ["example.com/drop"] },
  });
  const operator = (name: string): KubeObject => ({
    ...deployment("1"),
    metadata: { name, namespace: "shop" },
  });

  /** Plays the operator, which takes finalizers away for as long as it is there. Notes what is gone. */
  function operating(kit: Kit): { readonly intercept: Interceptor; readonly gone: string[] } {
    const gone: string[] = [];
    const intercept: Interceptor = ({ verb, name, done }) => {
      if (verb === "remove" && !done && name.startsWith("Deployment")) gone.push(name);
      if (verb !== "get" || !done || gone.length > 0) return;
      for (const one of kit.cluster.list(database("x"))) {
        if (one.metadata.deletionTimestamp === undefined) continue;
        kit.cluster.put({ ...one, metadata: { ...one.metadata, finalizers: [] } });
        kit.cluster.delete({ ...database("x"), name: one.metadata.name, namespace: "shop" });
        gone.push(`Database ${one.metadata.name}`);
      }
    };
    return { intercept, gone };
  }

  it("removes what an operator looks after before the operator", async () => {
    const kit = new Kit();
    const first = [database("kept"), operator("kept"), database("old"), operator("old")];
    await deploy(kit, "sha256:1", first);
    const { intercept, gone } = operating(kit);
    await deploy(kit, "sha256:2", [database("kept"), operator("kept")], intercept);
    expect(gone).toEqual(["Database old", "Deployment old"]);
  });

  it("takes back what an operator looks after before the operator", async () => {
    const kit = new Kit();
    await deploy(kit, "sha256:1", [config("a", "1")]);
    const { intercept, gone } = operating(kit);
    const next = [database("new"), operator("new"), deployment("2", "bad")];
    expect(await deploy(kit, "sha256:2", next, intercept)).toMatchObject({ outcome: "rolled-back" });
    expect(gone.slice(0, 2)).toEqual(["Database new", expect.stringMatching(/^Deployment/)]);
    expect(names(kit)).toEqual(["ConfigMap a"]);
  });

  it("leaves what a controller has made with labels that it copied", async () => {
    const kit = new Kit();
    const endpoints = (name: string): KubeObject => ({ ...config(name, ""), kind: "Endpoints" });
    await deploy(kit, "sha256:1", [endpoints("own"), config("a", "1")]);
    const own = kit.cluster.get({ apiVersion: "v1", kind: "Endpoints", name: "own", namespace: "shop" });
    const by = {
      manager: "kube-controller-manager",
      operation: "Update",
      apiVersion: "v1",
      fieldsV1: {},
    } as const;
    const { labels = {} } = own?.metadata ?? {};
    const metadata = { name: "site", namespace: "shop", labels, managedFields: [by] };
    kit.cluster.put({ apiVersion: "v1", kind: "Endpoints", metadata });
    await deploy(kit, "sha256:2", [endpoints("own"), config("a", "2")]);
    expect(names(kit)).toEqual(["ConfigMap a", "Endpoints own", "Endpoints site"]);
  });
});
