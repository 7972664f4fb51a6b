import http, { type ClientRequest, type OutgoingHttpHeaders, type RequestOptions } from "node:http";
import https from "node:https";
import type { ClusterConnection, ClusterCredentials } from "../../../../ports/index.ts";
import { proxyAuthorization } from "../../../../util/http/proxy.ts";
import { TunnelAgent } from "../../../../util/http/tunnel-agent.ts";
import { proxyTo } from "./proxy.ts";

/** Connections at the same time for requests that are answered at once. Watches have their own. */
const MOST = 32;

/** The ways to one API server. Connections are kept and used again. */
export class Connections {
  readonly server: URL;
  readonly secure: boolean;
  readonly #short: http.Agent;
  readonly #long: http.Agent;
  readonly #plainProxy: URL | undefined;
  readonly #base: string;

  /** @throws SluiceError `CLUSTER_UNREACHABLE` where the proxy's address makes no sense */
  constructor(connection: ClusterConnection, env: Readonly<Record<string, string | undefined>>) {
    this.server = new URL(connection.server);
    this.secure = this.server.protocol === "https:";
    this.#base = this.server.pathname.replace(/\/$/, "");
    const proxy = proxyTo(this.server, connection.proxy, env);
    this.#plainProxy = this.secure ? undefined : proxy;
    const { ca, serverName, insecure = false } = connection;
    const trust = {
      rejectUnauthorized: !insecure,
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    const agent = (maxSockets: number): http.Agent => {
      // Keep-alive also has the system find out about a peer that is gone, within seconds.
      const options = { keepAlive: true, maxSockets };
      if (!this.secure)
        return proxy?.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
      return proxy === undefined
        ? new https.Agent({ ...options, ...trust })
        : new TunnelAgent(proxy, { ...options, ...trust });
    };
    this.#short = agent(MOST);
    this.#long = agent(Infinity);
  }

  /** @param path with its query, from the API server's root */
  request(
    path: string,
    {
      long,
      certificate,
      ...options
    }: Omit<RequestOptions, "headers"> & {
      readonly headers: OutgoingHttpHeaders;
      readonly long: boolean;
      readonly certificate: ClusterCredentials["certificate"];
    },
  ): ClientRequest {
    const agent = long ? this.#long : this.#short;
    const url = new URL(`${this.#base}${path}`, this.server.origin);
    // Agents tell connections apart by the certificate that they were made with.
    if (this.secure) return https.request(url, { ...options, ...certificate, agent });
    const proxy = this.#plainProxy;
    if (proxy === undefined) return http.request(url, { ...options, agent });
    const headers = { ...options.headers, host: url.host, ...proxyAuthorization(proxy) };
    return (proxy.protocol === "https:" ? https : http).request(new URL(proxy.origin), {
      ...options,
      headers,
      path: url.href,
      agent,
    });
  }

  close(): void {
    this.#short.destroy();
    this.#long.destroy();
  }
}
