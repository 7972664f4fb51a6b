import { describe, expect, it } from "vitest";
import { gkeEndpoint, type GkeCluster } from "../../../../src/providers/gke/endpoint.ts";
import { CERTIFICATE } from "../../../fixtures/clouds/played-cloud.ts";

const DNS = "gke-1a2b-123.europe-west1.gke.goog";
const BOTH: GkeCluster = {
  status: "RUNNING",
  endpoint: "203.0.113.7",
  masterAuth: { clusterCaCertificate: Buffer.from(CERTIFICATE).toString("base64") },
  controlPlaneEndpointsConfig: {
    dnsEndpointConfig: { endpoint: DNS },
    ipEndpointsConfig: {
      enabled: true,
      enablePublicEndpoint: true,
      publicEndpoint: "203.0.113.7",
      privateEndpoint: "10.0.0.2",
    },
  },
};
/** As GKE described private clusters before they had `controlPlaneEndpointsConfig`. */
const { controlPlaneEndpointsConfig: _, ...PLAIN } = BOTH;
const OLDER: GkeCluster = {
  ...PLAIN,
  endpoint: "10.0.0.2",
  privateClusterConfig: { privateEndpoint: "10.0.0.2", publicEndpoint: "203.0.113.7" },
};

function ip(
  change: NonNullable<GkeCluster["controlPlaneEndpointsConfig"]>["ipEndpointsConfig"] & object,
): GkeCluster {
  const config = BOTH.controlPlaneEndpointsConfig;
  return {
    ...BOTH,
    controlPlaneEndpointsConfig: {
      ...config,
      ipEndpointsConfig: { ...config?.ipEndpointsConfig, ...change },
    },
  };
}

describe("the endpoint of a GKE cluster", () => {
  it.each([
    ["auto", BOTH, "https://203.0.113.7"],
    ["public", BOTH, "https://203.0.113.7"],
    ["private", BOTH, "https://10.0.0.2"],
    ["auto", OLDER, "https://10.0.0.2"],
    ["public", OLDER, "https://203.0.113.7"],
    ["private", OLDER, "https://10.0.0.2"],
    ["auto", { ...BOTH, endpoint: "2001:db8::1" }, "https://[2001:db8::1]"],
  ] as const)(
    "is, for %s, an IP endpoint that the cluster's own authority vouches for",
    (choice, cluster, server) => {
      expect(gkeEndpoint(cluster, choice, "GKE")).toEqual({ server, ca: CERTIFICATE });
    },
  );

  it("may be the DNS endpoint, which the system's authorities vouch for", () => {
    expect(gkeEndpoint(BOTH, "dns", "GKE")).toEqual({ server: `https://${DNS}` });
  });

  it("is the DNS endpoint by itself where IP endpoints are turned off", () => {
    expect(gkeEndpoint(ip({ enabled: false }), "auto", "GKE")).toEqual({ server: `https://${DNS}` });
    expect(gkeEndpoint({ ...BOTH, endpoint: DNS }, "auto", "GKE")).toEqual({ server: `https://${DNS}` });
    expect(gkeEndpoint({ ...BOTH, endpoint: "" }, "auto", "GKE")).toEqual({ server: `https://${DNS}` });
  });

  it.each([
    ["public", ip({ enablePublicEndpoint: false }), "private, dns"],
    ["private", ip({ enabled: false }), "dns"],
    ["private", ip({ privateEndpoint: "" }), "public, dns"],
    ["dns", OLDER, "public, private"],
  ] as const)("that is not there is not %s: an error names those that are", (choice, cluster, others) => {
    expect(() => gkeEndpoint(cluster, choice, "the cluster")).toThrow(
      expect.objectContaining({
        code: "CLOUD_FAILED",
        message: `the cluster has no ${choice} endpoint`,
        hint: expect.stringContaining(`It has: ${others}.`) as string,
      }),
    );
  });

  it.each(["RECONCILING", "DEGRADED"])("is there while the cluster is %s", (status) => {
    expect(gkeEndpoint({ ...BOTH, status }, "auto", "GKE").server).toBe("https://203.0.113.7");
  });

  it.each(["PROVISIONING", "STOPPING", "ERROR", "unknown"])(
    "is not there while the cluster is %s",
    (status) => {
      expect(() => gkeEndpoint({ ...BOTH, status }, "auto", "the cluster")).toThrow(
        `the cluster is not running but ${status}`,
      );
    },
  );
});
