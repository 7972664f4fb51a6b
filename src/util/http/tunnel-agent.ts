import http, { type ClientRequest } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { proxyAuthorization } from "./proxy.ts";

type Made = (error: Error | null, socket?: Duplex) => void;

/** Milliseconds for the proxy to open a tunnel. */
const OPEN = 10_000;

/** Connects to https servers through a proxy, by CONNECT (RFC 9110, section 9.3.6). Connections are kept and used again. */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super({ ...options, keepAlive: true });
    this.#proxy = proxy;
  }

  // Node calls it with both, and takes what `made` gets where nothing is returned.
  override createConnection(
    options: ConnectionOptions & { host?: string; port?: number | string },
    made: Made,
  ): undefined {
    const proxy = this.#proxy;
    const { host = "", port = 443 } = options;
    const target = `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
    const request: ClientRequest = (proxy.protocol === "https:" ? https : http).request(
      new URL(proxy.origin),
      {
        method: "CONNECT",
        path: target,
        headers: { host: target, ...proxyAuthorization(proxy) },
        agent: false,
        timeout: OPEN,
      },
    );
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) {
        socket.setKeepAlive(true, 1_000);
        made(null, connect({ ...options, socket }));
        return;
      }
      socket.destroy();
      made(new Error(`the proxy ${proxy.host} opens no way to it (status ${String(response.statusCode)})`));
    });
    request.once("timeout", () => request.destroy(new Error("it does not answer")));
    request.once("error", (error) => {
      made(new Error(`the proxy ${proxy.host}: ${error.message}`));
    });
    request.end();
    return undefined;
  }
}
