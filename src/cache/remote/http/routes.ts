import http, { type ClientRequest, type RequestOptions } from "node:http";
import https from "node:https";
import { noProxyFor, proxyAuthorization, proxyOf } from "./proxy.ts";
import { TunnelAgent } from "./tunnel-agent.ts";

/** Connections to one server at the same time. */
const MOST = 8;

/** How a server is reached. */
export interface Route {
  readonly agent: http.Agent;
  readonly headers: Readonly<Record<string, string>>;
  request(options: RequestOptions): ClientRequest;
}

/** Finds the way to a server: straight, or through the proxy that the variables name. Keeps connections for later use. */
export class Routes {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #plain = new http.Agent({ keepAlive: true, maxSockets: MOST });
  readonly #secure = new https.Agent({ keepAlive: true, maxSockets: MOST });
  readonly #tunnels = new Map<string, TunnelAgent>();

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** @throws Error where the proxy's address makes no sense */
  to(url: URL): Route {
    const proxy = noProxyFor(url, this.#env) ? undefined : proxyOf(url, this.#env);
    if (url.protocol === "https:") {
      const agent = proxy === undefined ? this.#secure : this.#tunnel(proxy);
      return { agent, headers: {}, request: (options) => https.request(url, options) };
    }
    if (proxy === undefined)
      return { agent: this.#plain, headers: {}, request: (options) => http.request(url, options) };
    // A proxy is asked for a plain address as if it were the server, by the whole address.
    const secure = proxy.protocol === "https:";
    return {
      agent: secure ? this.#secure : this.#plain,
      headers: { host: url.host, ...proxyAuthorization(proxy) },
      request: (options) =>
        (secure ? https : http).request(new URL(proxy.origin), { ...options, path: url.href }),
    };
  }

  #tunnel(proxy: URL): TunnelAgent {
    const known = this.#tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const agent = new TunnelAgent(proxy, MOST);
    this.#tunnels.set(proxy.href, agent);
    return agent;
  }
}
