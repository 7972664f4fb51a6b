// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job, rolling } from "../../../src/deploy/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { at, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { listReleases, readPayload } from "../../../src/targets/kubernetes/release/record-store.ts";
import { ownedFields } from "../../../src/targets/kubernetes/release/owned-fields.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { need } from "../lab.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";

describe.skipIf(!need("kwok").available)("the records of releases, on a real control plane", () => {
  let kit: RolloutKit;

  beforeAll(async () => {
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `roll-release-${process.pid}`,
      timeout: "30s",
    });
  });

  afterAll(async () => {
    await kit.remove();
  });

  const app = (name: string, version: string, more: object = {}): object =>
    labService({ name, version, replicas: 2, ...more });
  const records = (name: string) =>
    listReleases(kit.api, { app: name, namespace: kit.namespace, target: "lab" });
  const rollback = (options: { readonly to?: number } = {}) =>
    rollbackKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context(), options);

  it("applies what it owned of a real object as it was, and nothing of others", async () => {
    await kit.release(app("owned", "v1"), rolling());
    const ref = { apiVersion: "v1", kind: "Service", name: "owned", namespace: kit.namespace };
    const others = {
      metadata: { annotations: { "example.com/mine": "kept" } },
      spec: { sessionAffinity: "ClientIP" },
    };
    await kit.api.merge(ref, others, { manager: "somebody" });
    const before = await kit.api.get(ref);
    expect(before).toBeDefined();
    if (before === undefined) return;
    const fields = ownedFields({ ...before, apiVersion: "v1", kind: "Service" }, "sluice");
    expect(at(fields, "spec", "sessionAffinity")).toBeUndefined();
    expect(at(fields, "spec", "clusterIP")).toBeUndefined();
    expect(fields.metadata.annotations).toBeUndefined();
    const again = await kit.api.apply(fields, { manager: "sluice", force: true });
    expect(again.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    const broken = {
      ...fields,
      spec: { ...fields.spec, ports: [{ name: "http", port: 81, protocol: "TCP" }] },
    };
    await kit.api.apply(broken, { manager: "sluice", force: true });
    const restored = await kit.api.apply(fields, { manager: "sluice", force: true });
    expect(restored.spec).toEqual(before.spec);
    expect(restored.metadata.annotations).toMatchObject({ "example.com/mine": "kept" });
  });

  it("takes back a release that does not come up, with its configuration, and says why", async () => {
    await kit.release(app("bad", "v1", { config: { files: { "/etc/app/a": "one" } } }), rolling());
    const configs = () =>
      kit.api.list(
        { apiVersion: "v1", kind: "ConfigMap" },
        { namespace: kit.namespace, labels: "app.kubernetes.io/name=bad" },
      );
    const before = (await configs()).map(({ metadata }) => metadata.name);
    expect(before).toHaveLength(1);
    const crashing = { annotations: { "lab/pod": "crash" }, config: { files: { "/etc/app/a": "two" } } };
    const { result } = await kit.release(app("bad", "v2", crashing), rolling());
    expect(result).toMatchObject({
      outcome: "rolled-back",
      reason: expect.stringMatching(/bad-r2/) as string,
    });
    expect((await configs()).map(({ metadata }) => metadata.name)).toEqual(before);
    expect(await kit.get("apps/v1", "Deployment", "bad-r2")).toBeUndefined();
    const [aborted, live] = await records("bad");
    expect([aborted?.header.state, live?.header.state]).toEqual(["aborted", "live"]);
    expect(text(await kit.get("v1", "Service", "bad"), "spec", "selector", "sluice.dev/revision")).toBe("1");
  });

  it("refuses what the server would refuse, before it changes anything", async () => {
    const name = "invalid";
    await kit.release(app(name, "v1"), rolling());
    const wrong = app(name, "v2", { resources: { cpu: "1", limits: { cpu: "500m" } } });
    await expect(kit.release(wrong, rolling())).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    expect((await records(name)).map(({ header }) => header.revision)).toEqual([1]);
  });

  it("gives no two deploys at the same time the same app", async () => {
    const driver = await kit.connect(app("busy", "v1"));
    const resolved = { kind: "service", spec: app("busy", "v2") as never, secrets: {} };
    const second = connectKubernetes(kit.hands(), { target: kit.spec, app: resolved }, kit.context());
    await expect(second).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await driver.close();
    await (await kit.connect(app("busy", "v2"))).close();
  });

  it("runs a migration once, holds a release that fails after it, and lets a newer one go on", async () => {
    const before = [job({ name: "migrate", command: ["migrate"], forwardOnly: true })];
    await kit.release(app("held", "v1"), rolling());
    const failing = app("held", "v2", { hooks: { before }, annotations: { "lab/pod": "crash" } });
    const { result } = await kit.release(failing, rolling());
    expect(result).toMatchObject({ outcome: "held", reason: expect.stringMatching(/migrate/) as string });
    const made = await kit.get("batch/v1", "Job", "held-migrate-1b638a-r2");
    expect(at(made, "status", "succeeded")).toBe(1);
    const mended = await kit.release(app("held", "v3"), rolling());
    expect(mended.result).toMatchObject({ outcome: "released", release: { revision: 3 } });
    expect((await records("held")).map(({ header }) => header.state)).toEqual(["live", "aborted", "retired"]);
  });

  it("keeps in a record all that it takes to make the release again", async () => {
    const other = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `${kit.namespace}-again`,
    });
    try {
      await other.release(app("again", "v1", { config: { files: { "/etc/app/a": "one" } } }), rolling());
      await other.release(app("again", "v2"), rolling());
      const { namespace } = other;
      const [, first] = await listReleases(other.api, { app: "again", namespace, target: "lab" });
      expect(first).toBeDefined();
      if (first === undefined) return;
      const { content } = await readPayload(other.api, first);
      if (content.kind !== "service") throw new Error("it is a service");
      await other.api.remove({ apiVersion: "apps/v1", kind: "Deployment", name: "again-r1", namespace });
      for (const { kind, metadata } of content.configuration) {
        if (kind === "ConfigMap")
          await other.api.remove({ apiVersion: "v1", kind, name: metadata.name, namespace });
      }
      await expect.poll(() => other.get("apps/v1", "Deployment", "again-r1")).toBeUndefined();
      const back = await rollbackKubernetes(
        other.hands(),
        { target: other.spec, secrets: {} },
        other.context(),
        {},
      );
      expect(back.revision).toBe(1);
      expect(at(await other.get("apps/v1", "Deployment", "again-r1"), "status", "availableReplicas")).toBe(2);
    } finally {
      await other.remove();
    }
  });

  it("says that a target holds several apps instead of choosing one", async () => {
    await expect(rollback()).rejects.toMatchObject({
      code: "TARGET_STATE",
      message: expect.stringContaining("several apps") as string,
    });
  });
});
