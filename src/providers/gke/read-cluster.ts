import type { GkeCluster } from "./endpoint.ts";

type Text = string | null;

/** A switch of a message: what is not set reads as `false`, and only the name beside it says that it was. */
interface Switches {
  readonly enabled?: boolean | null;
  readonly _enabled?: string;
  readonly enablePublicEndpoint?: boolean | null;
  readonly _enablePublicEndpoint?: string;
}

/** A cluster as `ClusterManagerClient` gives it: what the API leaves out is there, as `null`, `""` or `false`. */
export interface ClusterMessage {
  readonly status?: string | number | null;
  readonly endpoint?: Text;
  readonly masterAuth?: { readonly clusterCaCertificate?: Text } | null;
  readonly privateClusterConfig?: { readonly privateEndpoint?: Text; readonly publicEndpoint?: Text } | null;
  readonly controlPlaneEndpointsConfig?: {
    readonly dnsEndpointConfig?: { readonly endpoint?: Text } | null;
    readonly ipEndpointsConfig?:
      (Switches & { readonly publicEndpoint?: Text; readonly privateEndpoint?: Text }) | null;
  } | null;
}

/** The cluster without what the API did not say. */
export function readCluster(message: ClusterMessage): GkeCluster {
  const { status, endpoint, masterAuth, privateClusterConfig, controlPlaneEndpointsConfig } = message;
  const { dnsEndpointConfig, ipEndpointsConfig } = controlPlaneEndpointsConfig ?? {};
  return {
    // A status that this version of the client does not know is a number.
    ...said("status", status === undefined || status === null ? undefined : String(status)),
    ...said("endpoint", endpoint),
    masterAuth: said("clusterCaCertificate", masterAuth?.clusterCaCertificate),
    privateClusterConfig: {
      ...said("privateEndpoint", privateClusterConfig?.privateEndpoint),
      ...said("publicEndpoint", privateClusterConfig?.publicEndpoint),
    },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: said("endpoint", dnsEndpointConfig?.endpoint),
      ...(ipEndpointsConfig && {
        ipEndpointsConfig: {
          ...(ipEndpointsConfig._enabled && said("enabled", ipEndpointsConfig.enabled)),
          ...(ipEndpointsConfig._enablePublicEndpoint &&
            said("enablePublicEndpoint", ipEndpointsConfig.enablePublicEndpoint)),
          ...said("publicEndpoint", ipEndpointsConfig.publicEndpoint),
          ...said("privateEndpoint", ipEndpointsConfig.privateEndpoint),
        },
      }),
    },
  };
}

function said<Name extends string, T>(name: Name, value: T | null | undefined): { readonly [N in Name]?: T } {
  const given = value !== undefined && value !== null && value !== "";
  return (given ? { [name]: value } : {}) as { readonly [N in Name]?: T };
}
