import { isIPv6 } from "node:net";
import { SluiceError } from "../../errors/index.ts";
import type { GkeOptions } from "./options.ts";

/** A cluster as the GKE API speaks of it (`projects.locations.clusters`, v1). */
export interface GkeCluster {
  readonly status?: string;
  readonly endpoint?: string;
  readonly masterAuth?: { readonly clusterCaCertificate?: string };
  readonly privateClusterConfig?: { readonly privateEndpoint?: string; readonly publicEndpoint?: string };
  readonly controlPlaneEndpointsConfig?: {
    readonly dnsEndpointConfig?: { readonly endpoint?: string };
    readonly ipEndpointsConfig?: {
      readonly enabled?: boolean;
      readonly enablePublicEndpoint?: boolean;
      readonly publicEndpoint?: string;
      readonly privateEndpoint?: string;
    };
  };
}

export interface GkeEndpoint {
  readonly server: string;
  /** PEM; absent where the system's authorities vouch for the server. */
  readonly ca?: string;
}

/** With these the API server answers. */
const USABLE = new Set(["RUNNING", "RECONCILING", "DEGRADED"]);

/** Where the cluster's API server is. @throws SluiceError `CLOUD_FAILED` */
export function gkeEndpoint(
  cluster: GkeCluster,
  choice: NonNullable<GkeOptions["endpoint"]>,
  what: string,
): GkeEndpoint {
  const { status = "unknown" } = cluster;
  if (!USABLE.has(status)) {
    throw new SluiceError("CLOUD_FAILED", `${what} is not running but ${status}`, {
      hint: "A release needs a cluster that is RUNNING; look at it with gcloud container clusters describe.",
    });
  }
  const { dns, ip } = hostOf(cluster, choice);
  if (dns !== undefined) return { server: `https://${dns}` };
  const ca = cluster.masterAuth?.clusterCaCertificate;
  if (ip === undefined || ca === undefined) {
    throw new SluiceError("CLOUD_FAILED", `${what} has no ${choice === "auto" ? "" : `${choice} `}endpoint`, {
      hint: `It has: ${endpointsOf(cluster).join(", ") || "none"}. Choose one by \`endpoint\`, or turn it on with gcloud container clusters update.`,
    });
  }
  const host = isIPv6(ip) ? `[${ip}]` : ip;
  return { server: `https://${host}`, ca: Buffer.from(ca, "base64").toString("utf8") };
}

interface Host {
  readonly dns?: string | undefined;
  readonly ip?: string | undefined;
}

function hostOf(cluster: GkeCluster, choice: NonNullable<GkeOptions["endpoint"]>): Host {
  const dns = dnsOf(cluster);
  if (choice === "dns") return { dns };
  if (choice === "private") return { ip: privateOf(cluster) };
  if (choice === "public") return { ip: publicOf(cluster) };
  const enabled = cluster.controlPlaneEndpointsConfig?.ipEndpointsConfig?.enabled ?? true;
  const ip = enabled && cluster.endpoint !== dns ? given(cluster.endpoint) : undefined;
  return ip === undefined ? { dns } : { ip };
}

function dnsOf(cluster: GkeCluster): string | undefined {
  return given(cluster.controlPlaneEndpointsConfig?.dnsEndpointConfig?.endpoint);
}

function privateOf({ controlPlaneEndpointsConfig, privateClusterConfig }: GkeCluster): string | undefined {
  const { ipEndpointsConfig } = controlPlaneEndpointsConfig ?? {};
  if (ipEndpointsConfig?.enabled === false) return undefined;
  return given(ipEndpointsConfig?.privateEndpoint) ?? given(privateClusterConfig?.privateEndpoint);
}

function publicOf({
  controlPlaneEndpointsConfig,
  privateClusterConfig,
  endpoint,
}: GkeCluster): string | undefined {
  const { ipEndpointsConfig } = controlPlaneEndpointsConfig ?? {};
  if (ipEndpointsConfig === undefined) return given(privateClusterConfig?.publicEndpoint) ?? given(endpoint);
  if (ipEndpointsConfig.enabled === false || ipEndpointsConfig.enablePublicEndpoint === false)
    return undefined;
  return given(ipEndpointsConfig.publicEndpoint) ?? given(endpoint);
}

function endpointsOf(cluster: GkeCluster): readonly string[] {
  return [
    publicOf(cluster) === undefined ? "" : "public",
    privateOf(cluster) === undefined ? "" : "private",
    dnsOf(cluster) === undefined ? "" : "dns",
  ].filter((name) => name !== "");
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
