import { describe, expect, it } from "vitest";
import { aks } from "../../../../src/entry-aks.ts";
import { gke } from "../../../../src/entry-gke.ts";
import { inCluster, kubeconfig, kubernetes, registryOf } from "../../../../src/entry-kubernetes.ts";
import type { ClusterContext } from "../../../../src/ports/index.ts";
import { eksWith } from "../../../../src/providers/eks/eks.ts";
import { local } from "../../../../src/targets/local/index.ts";
import { PlayedAws } from "../../../fixtures/clouds/played-aws.ts";

const AKS = { subscription: "00000000-1111-2222-3333-444444444444", resourceGroup: "web", cluster: "prod" };
const GKE = { project: "acme-web", location: "europe-west1-b", cluster: "prod" };

describe("the registry of a target", () => {
  it("is what the way in says, as who is asked with the variables and the folder given", async () => {
    const aws = new PlayedAws();
    const cluster = eksWith(() => Promise.resolve(aws), { cluster: "prod" });
    const target = kubernetes({ cluster, namespace: "shop" });
    expect(await registryOf(target, { env: { AWS_REGION: "eu-west-1", AWS_PROFILE: "ci" } })).toEqual({
      prefix: "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    });
    expect(aws.clients).toMatchObject([{ region: "eu-west-1", profile: "ci" }]);
  });

  it("is known of GKE, and of AKS that was told, without asking anybody", async () => {
    const registry = "acme.azurecr.io";
    const signal = new AbortController().signal;
    expect(await registryOf(aks({ ...AKS, registry }), { signal })).toEqual({ prefix: registry });
    expect(await registryOf(gke({ ...GKE, namespace: "shop" }))).toEqual({
      prefix: "europe-west1-docker.pkg.dev/acme-web",
    });
  });

  it.each([
    ["the current context of the kubeconfig", kubernetes({ cluster: kubeconfig() })],
    ["the cluster that this pod runs in", kubernetes({ cluster: inCluster() })],
    ['AKS cluster "prod" in resource group web', aks(AKS)],
  ])("is not known of %s", async (what, target) => {
    await expect(registryOf(target)).rejects.toMatchObject({
      code: "REGISTRY_UNKNOWN",
      message: `nobody says which registry belongs to ${what}`,
      hint: expect.stringContaining('aks({ registry: "acme.azurecr.io" })'),
    });
  });

  it("is nothing that another target has", async () => {
    await expect(registryOf(local({ name: "staging" }))).rejects.toMatchObject({
      code: "REGISTRY_UNKNOWN",
      message: 'the target "staging" of kind local has no registry',
      hint: expect.stringContaining("eks()"),
    });
  });

  it("ends with the signal, also where the way in does not listen", async () => {
    let asked: ClusterContext | undefined;
    const target = kubernetes({
      cluster: {
        ...{ kind: "test", name: "prod", spec: {}, needs: [], describe: () => "a cluster" },
        connect: () => Promise.reject(new Error("not asked for")),
        registry: (context) => {
          asked = context;
          return new Promise(() => undefined);
        },
      },
    });
    const cancel = new AbortController();
    const reason = new Error("enough");
    const refused = expect(registryOf(target, { root: "/shop", signal: cancel.signal })).rejects.toBe(reason);
    await expect.poll(() => asked?.root).toBe("/shop");
    cancel.abort(reason);
    await refused;
  });
});
