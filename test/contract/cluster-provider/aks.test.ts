import { describe, test } from "vitest";
import { aksWith } from "../../../src/providers/aks/aks.ts";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { AZURE_SECRET, PlayedAzure } from "../../fixtures/clouds/played-azure.ts";

const OPTIONS = {
  subscription: "00000000-1111-2222-3333-444444444444",
  resourceGroup: "web",
  cluster: "prod",
};

describe("aks, over a played SDK", () => {
  clusterProviderSuite({
    test,
    open: (clock) => {
      const azure = new PlayedAzure(() => clock.now());
      return {
        provider: aksWith(() => Promise.resolve(azure), OPTIONS),
        requests: () => azure.requests,
        become: (mood) => {
          azure.mood = mood;
        },
        secrets: [AZURE_SECRET],
      };
    },
    without: {
      entry: "there is no API server; the lab has one",
      rollout: "there is no API server; the lab has one",
      throttling: "the SDK waits by itself; the lab tries it",
    },
  });
});
