import { describe, test } from "vitest";
import { gkeWith } from "../../../src/providers/gke/gke.ts";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { GOOGLE_SECRET, PlayedGoogle } from "../../fixtures/clouds/played-google.ts";

const OPTIONS = { project: "acme-web", location: "europe-west1", cluster: "prod" };

describe("gke, over a played SDK", () => {
  clusterProviderSuite({
    test,
    open: (clock) => {
      const google = new PlayedGoogle(() => clock.now());
      return {
        provider: gkeWith(() => Promise.resolve(google), OPTIONS),
        requests: () => google.requests,
        become: (mood) => {
          google.mood = mood;
        },
        secrets: [GOOGLE_SECRET],
      };
    },
    without: {
      entry: "there is no API server; the lab has one",
      rollout: "there is no API server; the lab has one",
      throttling: "the SDK waits by itself; the lab tries it",
    },
  });
});
