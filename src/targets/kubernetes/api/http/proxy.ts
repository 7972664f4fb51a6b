import { messageOf, SluiceError } from "../../../../errors/index.ts";
import { noProxyFor, proxyOf } from "../../../../util/http/proxy.ts";

/**
 * The proxy on the way to an API server: the one that its connection names, else what the environment says. Addresses of
 * this machine itself are never reached through a proxy of the environment, as with kubectl.
 *
 * @throws SluiceError `CLUSTER_UNREACHABLE` for a proxy of another kind
 */
export function proxyTo(
  server: URL,
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  try {
    if (named !== undefined) return proxyOf(server, { all_proxy: named });
    return isLocal(server) || noProxyFor(server, env) ? undefined : proxyOf(server, env);
  } catch (error) {
    const text = named === undefined ? messageOf(error) : "the cluster's proxy is no http or https proxy";
    throw new SluiceError("CLUSTER_UNREACHABLE", text, {
      hint: "Other kinds, such as socks5, cannot be used: name an http or https proxy, or reach the cluster without one.",
    });
  }
}

function isLocal({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
