// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { need } from "../lab.ts";
import { configMap, deployment } from "./lab-api.ts";
import { ManifestsKit } from "./manifests-kit.ts";

const secret = (token: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "key" },
  stringData: { token },
});

describe.skipIf(!need("kwok").available)("the preview of manifests", () => {
  let kit: ManifestsKit;

  beforeAll(async () => {
    kit = await ManifestsKit.open({ namespace: `preview-bundle-${process.pid}`, timeout: "30s" });
  });
  afterAll(async () => {
    await kit.remove();
  });

  it("says that all is made, while there is no namespace yet", async () => {
    const found = await kit.preview([configMap("a", { mode: "slow" }), deployment("web")]);
    expect(found).toMatchObject({ live: undefined, current: false });
    expect(found.changes.map(({ change, object }) => `${change} ${object}`)).toEqual([
      `create Namespace ${kit.kit.namespace}`,
      `create ConfigMap ${kit.kit.namespace}/a`,
      `create Deployment ${kit.kit.namespace}/web`,
    ]);
    expect(found.notes[0]).toContain("there is no namespace");
  });

  it("shows what is made, changed and removed, no value of a Secret, and changes nothing", async () => {
    const { namespace } = kit.kit;
    const before = [
      configMap("a", { mode: "slow" }),
      configMap("b", {}),
      secret("hunter2-old"),
      deployment("web"),
    ];
    await kit.release(before);
    expect(await kit.preview(before)).toMatchObject({ live: 1, current: true, changes: [] });
    const found = await kit.preview([
      configMap("a", { mode: "fast" }),
      configMap("c", {}),
      secret("hunter2-new"),
      deployment("web", { replicas: 3 }),
    ]);
    expect(found).toMatchObject({ live: 1, current: false });
    expect(found.changes.map(({ change, object }) => `${change} ${object}`)).toEqual([
      `update ConfigMap ${namespace}/a`,
      `create ConfigMap ${namespace}/c`,
      `update Secret ${namespace}/key`,
      `update Deployment ${namespace}/web`,
      `remove ConfigMap ${namespace}/b`,
    ]);
    expect(found.changes[0]?.fields).toEqual([{ path: "data.mode", from: '"slow"', to: '"fast"' }]);
    expect(found.changes[3]?.fields).toEqual([{ path: "spec.replicas", from: "2", to: "3" }]);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMi/);
    expect(await kit.preview(before)).toMatchObject({ current: true });
  });

  it("names who else owns a field", async () => {
    const { api, namespace } = kit.kit;
    const mine = { ...configMap("a", { mode: "theirs" }), metadata: { name: "a", namespace } };
    await api.apply(mine, { manager: "somebody", force: true });
    const found = await kit.preview([configMap("a", { mode: "ours" }), deployment("web")]);
    expect(found.changes[0]).toMatchObject({
      change: "refused",
      conflicts: [{ path: "data.mode", owner: "somebody" }],
      problem: expect.stringContaining("force: true") as string,
    });
  });
});
