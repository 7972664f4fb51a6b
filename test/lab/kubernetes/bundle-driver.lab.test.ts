// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { listReleases } from "../../../src/targets/kubernetes/release/record-store.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { need } from "../lab.ts";
import { configMap, deployment } from "./lab-api.ts";
import { ManifestsKit } from "./manifests-kit.ts";

describe.skipIf(!need("kwok").available)("a release of manifests, on a real control plane", () => {
  let kit: ManifestsKit;

  beforeAll(async () => {
    kit = await ManifestsKit.open({ namespace: `bundle-${process.pid}`, timeout: "30s" });
  });
  afterAll(async () => {
    await kit.remove();
  });

  const app = (version: string): readonly KubeObject[] => [
    ...Array.from({ length: 8 }, (_, index) => configMap(`part-${index}`, { version })),
    deployment("web", { image: `lab.local/web:${version}` }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
  ];
  const records = () =>
    listReleases(kit.kit.api, { app: "lab", namespace: kit.kit.namespace, target: "lab" });

  it("asks the API server no more often than it must", async () => {
    const first = await kit.release(app("1"));
    const next = await kit.release(app("2"));
    const same = await kit.release(app("2"));
    const counts = [first, next, same].map(({ requests }) => requests);
    console.log(`requests for 10 objects: first ${counts[0]}, update ${counts[1]}, unchanged ${counts[2]}`);
    expect([first, next, same].map(({ result }) => result.outcome)).toEqual(Array(3).fill("released"));
    for (const [index, most] of [55, 60, 20].entries()) expect(counts[index]).toBeLessThanOrEqual(most);
  });

  it("writes nothing down where the server refuses an object", async () => {
    const before = await records();
    const wrong = { ...deployment("web"), spec: { ...deployment("web").spec, replicas: -1 } };
    await expect(kit.release([configMap("part-0", { version: "3" }), wrong])).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringContaining("nothing was changed") as string,
    });
    expect((await records()).map(({ header }) => header)).toEqual(before.map(({ header }) => header));
    expect(at(await kit.kit.get("v1", "ConfigMap", "part-0"), "data", "version")).toBe("2");
  });

  it("leaves what data would go with, says so, and removes it where that is asked for", async () => {
    const name = `extra-${process.pid}`;
    const space = (of: string): KubeObject => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: of },
    });
    const there = async (of: string): Promise<boolean> => {
      const found = await kit.kit.api.get({ apiVersion: "v1", kind: "Namespace", name: of });
      return found !== undefined && found.metadata.deletionTimestamp === undefined;
    };
    await kit.release([...app("4"), space(name)]);
    kit.prune = "none";
    await kit.release(app("4").slice(1));
    expect(await kit.kit.get("v1", "ConfigMap", "part-0")).toBeDefined();
    kit.prune = "safe";
    const next = app("5").slice(1);
    await kit.release(next);
    expect(await kit.kit.get("v1", "ConfigMap", "part-0")).toBeUndefined();
    expect(await there(name)).toBe(true);
    expect(kit.kit.output.join("")).toContain(`Namespace ${name}: no longer among the objects`);
    kit.prune = "all";
    expect((await kit.preview(next)).changes).toMatchObject([
      { change: "remove", object: `Namespace ${name}` },
    ]);
    await kit.release(next);
    expect(await there(name)).toBe(false);
    // Going back removes nothing of the kind, whatever was asked for then.
    await kit.release(app("6"));
    await kit.release([...app("7"), space(`${name}-more`)]);
    await rollbackKubernetes(kit.kit.hands(), { target: kit.kit.spec, secrets: {} }, kit.kit.context(), {});
    expect(at(await kit.kit.get("v1", "ConfigMap", "part-1"), "data", "version")).toBe("6");
    expect(await there(`${name}-more`)).toBe(true);
    await kit.kit.api.remove({ apiVersion: "v1", kind: "Namespace", name: `${name}-more` });
  });
});
