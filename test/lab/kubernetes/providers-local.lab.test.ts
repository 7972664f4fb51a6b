// needs: control-plane
import { describe, test } from "vitest";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { openPluginRig } from "../../fixtures/clouds/plugin-rig.ts";
import { openPodRig, PLUGIN_WITHOUT, POD_WITHOUT } from "../../fixtures/clouds/pod-rig.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
import { labServer, whoAmI } from "./providers/lab-server.ts";

const ACCOUNT = "system:serviceaccount:default:default";

/** A token of a service account, as the kubelet gets it for a pod. */
async function issue(): Promise<{ token: string; expiresAt: number }> {
  const answer = await labCluster()("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 3_600 },
  });
  const { status } = answer as { status: { token: string; expirationTimestamp: string } };
  return { token: status.token, expiresAt: Date.parse(status.expirationTimestamp) };
}

async function enter(connection: Parameters<typeof whoAmI>[0]): Promise<void> {
  const name = await whoAmI(connection);
  if (name !== ACCOUNT) throw new Error(`we are taken for ${name}`);
}

describe.skipIf(!need("control-plane").available)("the contract of cluster providers without a cloud", () => {
  describe("kubeconfig, by a plugin and the lab's API server", () => {
    clusterProviderSuite({
      test,
      open: async () => ({ ...(await openPluginRig({ ...labServer(), issue })), enter }),
      without: PLUGIN_WITHOUT,
    });
  });

  describe("inCluster, by an account's token and the lab's API server", () => {
    clusterProviderSuite({
      test,
      open: async () => {
        const { token } = await issue();
        return { ...openPodRig({ ...labServer(), token }), enter };
      },
      without: POD_WITHOUT,
    });
  });
});
