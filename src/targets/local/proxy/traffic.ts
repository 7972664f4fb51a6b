import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createProxyServer, type ProxyServer } from "httpxy";
import { leastBusy, type WeightedTurns } from "./balancer.ts";
import type { Counters } from "./counters.ts";
import { Exchange, isIdempotent } from "./exchange.ts";
import type { Instance } from "./instance.ts";
import type { Side } from "./protocol.ts";

/** A request header that sends the request to one side whatever the weight; on every answer, the side that gave it. */
export const SIDE_HEADER = "x-sluice-side";
/** On every answer: the revision that gave it. */
export const REVISION_HEADER = "x-sluice-revision";

/** What traffic needs to know to find its way. */
export interface Directions {
  revision(side: Side): number | undefined;
  ready(revision: number): readonly Instance[];
}

/** Carries requests to replicas and counts how they fared. */
export class Traffic {
  readonly #turns: WeightedTurns;
  readonly #counters: Counters;
  readonly #directions: Directions;
  readonly #proxy: ProxyServer = createProxyServer({ xfwd: true });
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  #turn = 0;

  constructor(turns: WeightedTurns, counters: Counters, directions: Directions) {
    this.#turns = turns;
    this.#counters = counters;
    this.#directions = directions;
    this.#proxy.on("proxyReq", (sent, request) => this.#exchanges.get(request)?.sending(sent, request));
    this.#proxy.on("proxyRes", (answer, request, response) => {
      const exchange = this.#exchanges.get(request);
      this.#label(answer, exchange);
      // Before the client's side is ended too, or it would look as if the client had given up.
      answer.once("error", () => {
        if (exchange !== undefined && !response.destroyed) exchange.broken = true;
      });
      // It speaks of the connection between proxy and replica, not of the client's.
      delete answer.headers.connection;
      delete answer.headers["keep-alive"];
      // What is streamed may begin long after its headers, for which the client waits.
      setImmediate(() => {
        if (!response.headersSent && !response.destroyed) response.flushHeaders();
      });
    });
    this.#proxy.on("proxyReqWs", (sent, request) => {
      const exchange = this.#exchanges.get(request);
      sent.once("upgrade", (answer) => {
        this.#label(answer, exchange);
        this.#count(exchange, false);
      });
      sent.once("response", (answer) => {
        this.#label(answer, exchange);
        this.#count(exchange, (answer.statusCode ?? 500) >= 500);
      });
    });
    this.#proxy.on("error", (error, request, response) => {
      if (request !== undefined) this.#failed(error, request, response);
    });
  }

  /** Answers a request. `pinned` is set where the port belongs to one side. */
  handle(request: IncomingMessage, response: ServerResponse, pinned?: Side): void {
    const side = this.#side(request, pinned);
    if (side === undefined) {
      request.resume();
      refuse(response, 400, `${SIDE_HEADER} must be "stable" or "candidate"`);
      return;
    }
    const revision = this.#directions.revision(side);
    if (revision === undefined) {
      request.resume();
      refuse(response, 503, side === "candidate" ? "there is no candidate" : "nothing is deployed here");
      return;
    }
    // The answer 100 was given already, and httpxy does not report the socket of a request that expects one.
    delete request.headers.expect;
    const exchange = new Exchange(side, revision);
    this.#exchanges.set(request, exchange);
    response.once("close", () => {
      exchange.release();
      // A client that gave up counts with the time that it had to wait, and not as an error.
      this.#count(exchange, exchange.broken || (response.writableFinished && response.statusCode >= 500));
    });
    this.#forward(exchange, request, response);
  }

  /** Connects a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, pinned?: Side): void {
    const side = this.#side(request, pinned);
    const revision = side === undefined ? undefined : this.#directions.revision(side);
    socket.on("error", () => undefined); // its close is what counts
    if (!(socket instanceof Socket)) {
      socket.destroy(); // cannot be: these ports speak plain HTTP
      return;
    }
    if (side === undefined || revision === undefined) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
      return;
    }
    const exchange = new Exchange(side, revision);
    const instance = this.#choose(exchange);
    if (instance === undefined) {
      this.#count(exchange, true);
      socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
      return;
    }
    this.#exchanges.set(request, exchange);
    exchange.take(instance, ++this.#turn);
    socket.once("close", () => {
      exchange.release();
    });
    const target = `http://127.0.0.1:${instance.record.port}`;
    this.#proxy.ws(request, socket, { target }, head).catch(() => undefined); // told to the listener of "error"
  }

  #side(request: IncomingMessage, pinned: Side | undefined): Side | undefined {
    if (pinned !== undefined) return pinned;
    const asked = request.headers[SIDE_HEADER];
    if (asked === undefined)
      return this.#directions.revision("stable") === undefined ? this.#only() : this.#turns.next();
    return asked === "stable" || asked === "candidate" ? asked : undefined;
  }

  /** Without a stable side, a candidate that gets any traffic gets all of it. */
  #only(): Side {
    return this.#turns.isShared ? "candidate" : "stable";
  }

  #choose(exchange: Exchange): Instance | undefined {
    return leastBusy(
      this.#directions.ready(exchange.revision).filter((instance) => !exchange.refused.has(instance)),
    );
  }

  #forward(exchange: Exchange, request: IncomingMessage, response: ServerResponse): void {
    const instance = this.#choose(exchange);
    if (instance === undefined) {
      request.resume();
      response.setHeader("retry-after", "1");
      const whose = `revision ${exchange.revision} (${exchange.side})`;
      this.#giveUp(exchange, response, 503, `no replica of ${whose} is ready`);
      return;
    }
    exchange.take(instance, ++this.#turn);
    const buffer = exchange.gate(request);
    const target = `http://127.0.0.1:${instance.record.port}`;
    // What must not be sent twice does not go through a kept connection, because the replica may be closing it.
    const mayBeKept = isIdempotent(request) && buffer === undefined && !exchange.fresh;
    const agent = mayBeKept ? instance.agent : false;
    const options = buffer === undefined ? { target, agent } : { target, agent, buffer };
    this.#proxy.web(request, response, options).catch(() => undefined); // told to the listener of "error"
  }

  #failed(
    error: NodeJS.ErrnoException,
    request: IncomingMessage,
    response: ServerResponse | Socket | undefined,
  ): void {
    const exchange = this.#exchanges.get(request);
    if (exchange === undefined) return;
    if (error.code === "ECONNREFUSED") exchange.instance?.suspect();
    if (response === undefined || response instanceof Socket) {
      exchange.release();
      this.#count(exchange, true);
    } else if (!response.destroyed) {
      if (!response.headersSent && exchange.mayRetry(request, error)) {
        this.#forward(exchange, request, response);
        return;
      }
      exchange.broken = true;
      exchange.release();
      request.resume();
      if (response.headersSent) response.destroy();
      else
        this.#giveUp(exchange, response, 502, `the replica did not answer: ${error.code ?? error.message}`);
    }
  }

  #giveUp(exchange: Exchange, response: ServerResponse, status: number, text: string): void {
    response.setHeader(SIDE_HEADER, exchange.side);
    response.setHeader(REVISION_HEADER, String(exchange.revision));
    refuse(response, status, text);
  }

  #label(answer: IncomingMessage, exchange: Exchange | undefined): void {
    if (exchange === undefined) return;
    answer.headers[SIDE_HEADER] = exchange.side;
    answer.headers[REVISION_HEADER] = String(exchange.revision);
  }

  #count(exchange: Exchange | undefined, error: boolean): void {
    if (exchange === undefined || exchange.settled) return;
    exchange.settled = true;
    this.#counters.record(exchange.revision, performance.now() - exchange.startedAt, error);
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`sluice: ${text}\n`);
}
