import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { inCluster, inClusterAt } from "../../../../src/providers/in-cluster/in-cluster.ts";
import type { ClusterConnection } from "../../../../src/ports/index.ts";
import { clusterProviderSuite } from "../../../../src/testing/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const ENV = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

async function account(
  files: Readonly<Record<string, string>> = { token: "t", namespace: "shop\n" },
): Promise<string> {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

function connect(
  folder: string,
  env: Record<string, string> = ENV,
  namespace?: string,
): Promise<ClusterConnection> {
  const { signal } = new AbortController();
  const provider = inClusterAt(folder, namespace === undefined ? {} : { namespace });
  return provider.connect({ env, root: "/", signal, now: Date.now });
}

describe("inCluster", () => {
  clusterProviderSuite({
    test,
    open: async () => ({
      provider: inClusterAt(await account()),
      env: ENV,
      requests: () => 0,
      secrets: ["t-secret"],
    }),
    without: {
      entry: "there is no API server; the lab has one",
      rollout: "there is no API server; the lab has one",
      expiry: "the kubelet renews the file",
      renewal: "the kubelet renews the file",
      denial: "nobody is asked",
      throttling: "nobody is asked",
      silence: "nobody is asked",
      absence: "nobody is asked",
    },
  });

  it("finds the API server, with IPv6 in brackets", async () => {
    const folder = await account({ token: "t", "ca.crt": "PEM", namespace: "shop\n" });
    expect(await connect(folder)).toMatchObject({
      server: "https://10.96.0.1:443",
      ca: "PEM",
      namespace: "shop",
    });
    expect(await connect(folder, { ...ENV, KUBERNETES_SERVICE_HOST: "fd00::1" })).toMatchObject({
      server: "https://[fd00::1]:443",
    });
  });

  it("takes the namespace that it is given over the pod's, and needs neither that nor an authority", async () => {
    const folder = await account();
    expect((await connect(folder, ENV, "other")).namespace).toBe("other");
    const bare = await connect(await account({ token: "t" }));
    expect(bare.ca).toBeUndefined();
    expect(bare.namespace).toBeUndefined();
    expect(await bare.credentials?.()).toEqual({ token: "t" });
  });

  it("says that it is not in a pod", async () => {
    await expect(connect(await account(), {})).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      message: expect.stringContaining("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT not set"),
      hint: expect.stringContaining("kubeconfig()"),
    });
    await expect(connect(await account({}))).rejects.toMatchObject({
      code: "CLUSTER_DENIED",
      hint: expect.stringContaining("automountServiceAccountToken"),
    });
    await expect(connect(await account(), { ...ENV, KUBERNETES_SERVICE_PORT: "http" })).rejects.toMatchObject(
      {
        code: "CLUSTER_UNREACHABLE",
      },
    );
  });

  it("refuses options that cannot be right", () => {
    expect(() => inCluster({ namespace: "No", context: "x" } as never)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: expect.stringMatching(
          /^inCluster\(\): namespace must be .*; there is no option context, only namespace$/,
        ),
      }),
    );
  });
});
