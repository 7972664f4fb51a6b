// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { listReleases } from "../../../src/targets/kubernetes/release/record-store.ts";
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
});
