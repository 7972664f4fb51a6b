import http, { type ClientRequest, type RequestOptions } from "node:http";
import https from "node:https";
import type { SecureContextOptions } from "node:tls";
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

/** How a server proves who it is, and how we do. */
export interface RouteSecurity extends Pick<SecureContextOptions, "ca" | "cert" | "key"> {
  /** The name in the server's certificate, where it is not the address's. */
  readonly servername?: string;
  /** @defaultValue true */
  readonly rejectUnauthorized?: boolean;
}

export interface RoutesOptions {
  /** Connections to one server at the same time. @defaultValue 8 */
  readonly most?: number;
  /** The proxy, whatever the environment says. */
  readonly proxy?: URL;
  readonly security?: RouteSecurity;
}

/** Finds the way to a server: straight, or through the proxy that the variables name. Keeps connections for later use. */
export class Routes {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #options: RoutesOptions;
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  /** To proxies that are spoken to by https: what is known of the server says nothing of them. */
  readonly #toProxies: https.Agent;
  readonly #tunnels = new Map<string, TunnelAgent>();

  constructor(env: Readonly<Record<string, string | undefined>>, options: RoutesOptions = {}) {
    this.#env = env;
    this.#options = options;
    const kept = { keepAlive: true, maxSockets: options.most ?? MOST };
    this.#plain = new http.Agent(kept);
    this.#secure = new https.Agent({ ...kept, ...options.security });
    this.#toProxies = new https.Agent(kept);
  }

  /** @throws Error where the proxy's address makes no sense */
  to(url: URL): Route {
    const proxy = this.#options.proxy ?? (noProxyFor(url, this.#env) ? undefined : proxyOf(url, this.#env));
    if (url.protocol === "https:") {
      const agent = proxy === undefined ? this.#secure : this.#tunnel(proxy);
      return { agent, headers: {}, request: (options) => https.request(url, options) };
    }
    if (proxy === undefined)
      return { agent: this.#plain, headers: {}, request: (options) => http.request(url, options) };
    // A proxy is asked for a plain address as if it were the server, by the whole address.
    const secure = proxy.protocol === "https:";
    return {
      agent: secure ? this.#toProxies : this.#plain,
      headers: { host: url.host, ...proxyAuthorization(proxy) },
      request: (options) =>
        (secure ? https : http).request(new URL(proxy.origin), { ...options, path: url.href }),
    };
  }

  /** Ends all connections, those in use too. */
  close(): void {
    for (const agent of [this.#plain, this.#secure, this.#toProxies, ...this.#tunnels.values()])
      agent.destroy();
  }

  #tunnel(proxy: URL): TunnelAgent {
    const known = this.#tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const agent = new TunnelAgent(proxy, {
      maxSockets: this.#options.most ?? MOST,
      ...this.#options.security,
    });
    this.#tunnels.set(proxy.href, agent);
    return agent;
  }
}
