import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../../../errors/index.ts";
import type { Forwarder } from "./forward.ts";

/** Headers that belong to one connection, or that are ours to set. */
const NOT_FORWARDED = new Set([
  "host",
  "connection",
  "authorization",
  "keep-alive",
  "upgrade",
  "proxy-authorization",
]);

/** Sends one request to the API server with the connection's credentials, and gives the answer as it comes. */
export type Forward = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: IncomingMessage;
}) => Promise<IncomingMessage>;

/**
 * A loopback address for the candidate: forwards to the preview Service through the API server, so that it can be tried
 * from a laptop, where no address of the cluster is known. Reaches that one Service and nothing else.
 *
 * Source: Kubernetes API, `GET /api/v1/namespaces/{namespace}/services/{name}:{port}/proxy/{path}`.
 */
export class PreviewProxy {
  readonly #base: string;
  readonly #forwarder: Forwarder;
  #server: Promise<Server> | undefined;

  constructor(
    service: { readonly namespace: string; readonly name: string; readonly port: string },
    forwarder: Forwarder,
  ) {
    const { namespace, name, port } = service;
    this.#base = `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy`;
    this.#forwarder = forwarder;
  }

  /** Opens it the first time. */
  async url(): Promise<string> {
    this.#server ??= this.#listen();
    const { port } = (await this.#server).address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    const server = await this.#server?.catch(() => undefined);
    this.#forwarder.close();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  }

  #listen(): Promise<Server> {
    const server = createServer((request, response) => void this.#answer(request, response));
    // Never what keeps the process alive.
    server.unref();
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        resolve(server);
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? "/");
    if (path === undefined) {
      response.writeHead(400).end("the path leads out of the preview\n");
      return;
    }
    try {
      const headers: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined && !NOT_FORWARDED.has(name)) headers[name] = value;
      }
      const answer = await this.#forwarder.forward({
        method: request.method ?? "GET",
        path: this.#base + path,
        headers,
        body: request,
      });
      const { connection: _hop, "transfer-encoding": _coding, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, kept);
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(`the preview cannot be reached: ${messageOf(error)}\n`);
    }
  }
}

/** A request's path below the preview; undefined where it would lead elsewhere in the API, with our credentials. */
function pathOf(target: string): string | undefined {
  if (!URL.canParse(target, "http://preview")) return undefined;
  const { pathname, search } = new URL(target, "http://preview");
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  return decoded.split(/[/\\]/).includes("..") ? undefined : `${pathname}${search}`;
}
