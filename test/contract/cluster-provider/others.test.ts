import { describe, test } from "vitest";
import { clusterProviderSuite } from "../../../src/testing/index.ts";
import { CERTIFICATE } from "../../fixtures/clouds/played-cloud.ts";
import { openPluginRig } from "../../fixtures/clouds/plugin-rig.ts";
import { openPodRig, PLUGIN_WITHOUT, POD_WITHOUT } from "../../fixtures/clouds/pod-rig.ts";

const NO_SERVER = "there is no API server; the lab has one";
const ENTRY = { entry: NO_SERVER, rollout: NO_SERVER };
const HOUR = 3_600_000;

let issued = 0;

describe("kubeconfig, with a credential plugin", () => {
  clusterProviderSuite({
    test,
    open: (clock) =>
      openPluginRig({
        server: "https://cluster.test:6443",
        ca: CERTIFICATE,
        issue: () => ({ token: `token-${++issued}`, expiresAt: clock.now() + HOUR }),
      }),
    without: { ...PLUGIN_WITHOUT, ...ENTRY },
  });
});

describe("inCluster, with an account's files", () => {
  clusterProviderSuite({
    test,
    open: () =>
      openPodRig({ server: "https://10.96.0.1:443", ca: CERTIFICATE, issue: () => `of-the-pod-${++issued}` }),
    without: { ...POD_WITHOUT, ...ENTRY },
  });
});
