// needs: kwok, moto, certificates, lab-users
import { afterAll, beforeAll, describe, test } from "vitest";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import type { AzureDouble } from "../../fixtures/clouds/azure.ts";
import { need } from "../lab.ts";
import { openAksRig, openAzure } from "./providers/aks-rig.ts";
import { createEksCluster, deleteEksCluster, openEksRig } from "./providers/eks-rig.ts";
import { openGkeRig } from "./providers/gke-rig.ts";
import { openRolloutPlace, rolloutPlace } from "./providers/rollout-place.ts";

const NEEDS = ["kwok", "moto", "certificates"];
const NAMESPACE = `prov-clouds-${process.pid}`;
const rollout = rolloutPlace(NAMESPACE);
const OUTAGE = { outage: "it takes more than a minute, and is tried with eks" };

describe.skipIf(NEEDS.some((name) => !need(name).available))("the contract of cluster providers", () => {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    remove = await openRolloutPlace(NAMESPACE);
  });
  afterAll(() => remove());

  describe("eks, by the AWS SDK, moto and the lab's API server", () => {
    beforeAll(createEksCluster);
    afterAll(deleteEksCluster);
    clusterProviderSuite({ test, open: async () => ({ ...(await openEksRig()), rollout }) });
  });

  describe("aks, by the Azure SDK, its double and the lab's API server", () => {
    let azure: AzureDouble;
    beforeAll(async () => {
      azure = await openAzure();
    });
    afterAll(() => azure.close());
    clusterProviderSuite({
      test,
      open: async () => ({ ...(await openAksRig(azure)), rollout }),
      without: OUTAGE,
    });
  });

  describe("gke, by Google's library, its double and the lab's API server", () => {
    clusterProviderSuite({
      test,
      open: async () => ({ ...(await openGkeRig()), rollout }),
      without: OUTAGE,
    });
  });
});
