// needs: kwok
import { afterAll, beforeAll, describe, test } from "vitest";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { openPluginRig } from "../../fixtures/clouds/plugin-rig.ts";
import { openPodRig, PLUGIN_WITHOUT, POD_WITHOUT } from "../../fixtures/clouds/pod-rig.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
import { labServer, whoAmI } from "./providers/lab-server.ts";
import { ACCOUNT, openRolloutPlace, rolloutPlace } from "./providers/rollout-place.ts";

const NAMESPACE = `prov-local-${process.pid}`;
const rollout = rolloutPlace(NAMESPACE);
const OUTAGE = { outage: "it takes more than a minute, and is tried with eks" };

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

describe.skipIf(!need("kwok").available)("the contract of cluster providers without a cloud", () => {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    remove = await openRolloutPlace(NAMESPACE);
  });
  afterAll(() => remove());

  describe("kubeconfig, by a plugin and the lab's API server", () => {
    clusterProviderSuite({
      test,
      open: async (clock) => {
        const issueThen = async (): Promise<{ token: string; expiresAt: number }> => {
          const { token, expiresAt } = await issue();
          return { token, expiresAt: expiresAt + clock.now() - Date.now() };
        };
        return { ...(await openPluginRig({ ...labServer(), issue: issueThen })), enter, rollout };
      },
      without: { ...PLUGIN_WITHOUT, ...OUTAGE },
    });
  });

  describe("inCluster, by an account's token and the lab's API server", () => {
    clusterProviderSuite({
      test,
      open: async () => {
        const token = async (): Promise<string> => (await issue()).token;
        return { ...(await openPodRig({ ...labServer(), issue: token })), enter, rollout };
      },
      without: { ...POD_WITHOUT, ...OUTAGE },
    });
  });
});
