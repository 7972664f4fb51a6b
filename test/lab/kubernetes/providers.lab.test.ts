// needs: control-plane, moto, certificates, lab-users
import { afterAll, beforeAll, describe, test } from "vitest";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import type { AzureDouble } from "../../fixtures/clouds/azure.ts";
import { need } from "../lab.ts";
import { openAksRig, openAzure } from "./providers/aks-rig.ts";
import { createEksCluster, deleteEksCluster, openEksRig } from "./providers/eks-rig.ts";
import { openGkeRig } from "./providers/gke-rig.ts";

const NEEDS = ["control-plane", "moto", "certificates"];

describe.skipIf(NEEDS.some((name) => !need(name).available))("the contract of cluster providers", () => {
  describe("eks, by the AWS SDK, moto and the lab's API server", () => {
    beforeAll(createEksCluster);
    afterAll(deleteEksCluster);
    clusterProviderSuite({ test, open: () => openEksRig() });
  });

  describe("aks, by the Azure SDK, its double and the lab's API server", () => {
    let azure: AzureDouble;
    beforeAll(async () => {
      azure = await openAzure();
    });
    afterAll(() => azure.close());
    clusterProviderSuite({ test, open: () => openAksRig(azure) });
  });

  describe("gke, by Google's library, its double and the lab's API server", () => {
    clusterProviderSuite({ test, open: () => openGkeRig() });
  });
});
