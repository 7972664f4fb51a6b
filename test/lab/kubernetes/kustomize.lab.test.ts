// needs: kustomize
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadKustomize } from "../../../src/targets/kubernetes/manifests/load-kustomize.ts";
import { need } from "../lab.ts";

describe.skipIf(!need("kustomize").available)("kustomize itself", () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-kustomize-"));
    await mkdir(join(root, "base"));
    await mkdir(join(root, "overlay"));
    await writeFile(
      join(root, "base", "all.yaml"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { image: $IMAGE }\n",
    );
    await writeFile(join(root, "base", "kustomization.yaml"), "resources: [all.yaml]\n");
    await writeFile(
      join(root, "overlay", "kustomization.yaml"),
      "namespace: prod\nnamePrefix: eu-\nresources: [../base]\n",
    );
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it("builds an overlay, which is filled in afterwards", async () => {
    const env = { PATH: dirname(process.env["SLUICE_KUSTOMIZE"] ?? ""), HOME: root };
    const { objects } = await loadKustomize(
      root,
      "overlay",
      { env: { IMAGE: "web:2" }, only: undefined },
      { env, signal: new AbortController().signal },
    );
    expect(objects).toEqual([
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "eu-web", namespace: "prod" },
        data: { image: "web:2" },
      },
    ]);
  });
});
