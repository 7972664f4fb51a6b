import type { ClusterApi, KubeObject } from "../api/types.ts";
import { at, list, text } from "../readiness/object.ts";
import type { GatewayParent } from "../spec.ts";

const GATEWAY = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" } as const;

/**
 * Where a route is asked from outside: by `https` where a listener that serves it takes that, else by `http`, as also where
 * its Gateways cannot be read, since no release shall fail for an address. Undefined where it has no host of its own. Without
 * a port: what a Gateway listens on is often another one outside.
 *
 * Source: Gateway API v1, Listener: protocol, hostname, allowedRoutes.namespaces.from (default `Same`).
 */
export async function gatewayUrl(
  api: ClusterApi,
  namespace: string,
  {
    parents,
    hostnames,
  }: { readonly parents: readonly GatewayParent[]; readonly hostnames: readonly string[] },
): Promise<string | undefined> {
  const [host] = hostnames;
  if (host === undefined || host.startsWith("*")) return undefined;
  const gateways = await Promise.all(
    parents.map(async (parent) => {
      const place = parent.namespace ?? namespace;
      const found = await api.get({ ...GATEWAY, name: parent.name, namespace: place }).catch(() => undefined);
      return serving(found, parent, host, place === namespace);
    }),
  );
  const secure = gateways.flat().some((listener) => text(listener, "protocol") === "HTTPS");
  return `${secure ? "https" : "http"}://${host}`;
}

/** The listeners of a Gateway that take a route's requests. */
function serving(
  gateway: KubeObject | undefined,
  { sectionName }: GatewayParent,
  host: string,
  same: boolean,
): readonly unknown[] {
  return list(gateway, "spec", "listeners").filter((listener) => {
    const from = at(listener, "allowedRoutes", "namespaces", "from") ?? "Same";
    return (
      (sectionName === undefined || text(listener, "name") === sectionName) &&
      takesHost(text(listener, "hostname"), host) &&
      (same ? from !== "None" : from !== "Same" && from !== "None")
    );
  });
}

/** A wildcard stands for one label or more. */
function takesHost(listener: string, host: string): boolean {
  const [own, asked] = [listener.toLowerCase(), host.toLowerCase()];
  return own === "" || own === asked || (own.startsWith("*.") && asked.endsWith(own.slice(1)));
}
