import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request that came in. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface KeptBlob {
  bytes: Buffer;
  readonly tag: string | undefined;
  readonly duration: string | undefined;
}

/** What a real server cannot be made to do. Gives whether it has answered; else the request is served. */
export type Quirk = (request: IncomingMessage, response: ServerResponse, seen: Seen) => boolean;

/**
 * A server of the Turborepo remote-cache protocol as https://turborepo.dev/docs/openapi describes it, that can be made to
 * misbehave: each {@link Quirk} meets one request.
 */
export class ProtocolServer {
  readonly seen: Seen[] = [];
  /** By team and hash. */
  readonly blobs = new Map<string, KeptBlob>();
  readonly events: unknown[] = [];
  state = "enabled";
  token: string | undefined = "the-token";
  readonly #quirks: { readonly method: string; readonly quirk: Quirk; readonly early: boolean }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => request.socket.destroy());
    });
  }

  /** Runs until the test is over. */
  static async start(): Promise<ProtocolServer> {
    const server = new ProtocolServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    onTestFinished(() => server.stop());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Artifact requests with a method, in order. */
  asked(method: string): Seen[] {
    return this.seen.filter((seen) => seen.method === method && /artifacts\/[0-9a-f]+$/.test(seen.path));
  }

  /** The next artifact request with this method meets the quirk; `early`, before its body has been read. */
  quirk(method: string, quirk: Quirk, early = false): void {
    this.#quirks.push({ method, quirk, early });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://server");
    const { method = "" } = request;
    const seen = { method, path: url.pathname, query: url.searchParams, headers: request.headers };
    const artifact = /\/v8\/artifacts\/([0-9a-f]+)$/.exec(url.pathname)?.[1];
    const index = artifact === undefined ? -1 : this.#quirks.findIndex((one) => one.method === method);
    const [one] = index < 0 ? [] : this.#quirks.splice(index, 1);
    if (one?.early === true) {
      this.seen.push({ ...seen, body: Buffer.alloc(0) });
      if (one.quirk(request, response, { ...seen, body: Buffer.alloc(0) })) return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const whole = { ...seen, body: Buffer.concat(chunks) };
    if (one?.early !== true) {
      this.seen.push(whole);
      if (one?.quirk(request, response, whole) === true) return;
    }
    this.#serve(whole, artifact, response);
  }

  #serve(
    { method, path, query, headers, body }: Seen,
    hash: string | undefined,
    response: ServerResponse,
  ): void {
    if (this.token !== undefined && headers.authorization !== `Bearer ${this.token}`)
      return answer(response, 401, { error: { code: "forbidden", message: "Not authorized" } });
    if (path.endsWith("/v8/artifacts/status")) return answer(response, 200, { status: this.state });
    if (path.endsWith("/v8/artifacts/events")) {
      this.events.push(...(JSON.parse(body.toString()) as unknown[]));
      return answer(response, 200, {});
    }
    if (hash === undefined) return answer(response, 404, {});
    const place = `${query.get("teamId") ?? query.get("slug") ?? ""}/${hash}`;
    if (method === "PUT") {
      const [tag, duration] = [headers["x-artifact-tag"], headers["x-artifact-duration"]] as (
        string | undefined
      )[];
      this.blobs.set(place, { bytes: body, tag, duration });
      return answer(response, 202, { urls: [place] });
    }
    const blob = this.blobs.get(place);
    if (blob === undefined)
      return answer(response, 404, { error: { code: "not_found", message: "Not found" } });
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": blob.bytes.length,
      ...(blob.tag === undefined ? {} : { "x-artifact-tag": blob.tag }),
      ...(blob.duration === undefined ? {} : { "x-artifact-duration": blob.duration }),
    });
    response.end(method === "HEAD" ? undefined : blob.bytes);
  }
}

export function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** Sends a part of a blob that is longer, and cuts the connection. */
export function cutAfter(bytes: Buffer, part: number): Quirk {
  return (_request, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, part), () => response.destroy());
    return true;
  };
}
