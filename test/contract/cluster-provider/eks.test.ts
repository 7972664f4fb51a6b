import { describe, test } from "vitest";
import { eksWith } from "../../../src/providers/eks/eks.ts";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { AWS_SECRET, PlayedAws } from "../../fixtures/clouds/played-aws.ts";

describe("eks, over a played SDK", () => {
  clusterProviderSuite({
    test,
    open: (clock) => {
      const aws = new PlayedAws(() => clock.now());
      return {
        provider: eksWith(() => Promise.resolve(aws), { cluster: "prod", region: "eu-west-1" }),
        requests: () => aws.requests,
        become: (mood) => {
          aws.mood = mood;
        },
        secrets: [AWS_SECRET],
      };
    },
    without: {
      entry: "there is no API server; the lab has one",
      rollout: "there is no API server; the lab has one",
      throttling: "the SDK waits by itself; the lab tries it",
    },
  });
});
