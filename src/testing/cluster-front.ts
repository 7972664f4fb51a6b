import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ClusterConnection, ClusterCredentials } from "../ports/index.ts";
import { Connections } from "../targets/kubernetes/api/http/connections.ts";
import { FrontFaults } from "./cluster-front-faults.ts";
import { ReopeningServer } from "./reopening-server.ts";

/** Of what happened at the front, one request that was let through and answered. */
export interface FrontAnswered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/**
 * Stands before an API server, on plain http of the loopback, and passes all on but what a trial wants to go wrong. It
 * goes on to the server as the connection says: by its proxy, with its authorities and certificates.
 */
export class ClusterFront {
  readonly faults = new FrontFaults();
  /** Told of each answer before it is passed on. */
  onAnswer: (answered: FrontAnswered) => void = () => undefined;
  readonly #connections: Connections;
  readonly #server: ReopeningServer;
  readonly #watches = new Set<ServerResponse>();
  readonly #awaited: (() => void)[] = [];
  #certificate: ClusterCredentials["certificate"];

  private constructor(connection: ClusterConnection, env: Readonly<Record<string, string | undefined>>) {
    this.#connections = new Connections(connection, env);
    this.#server = new ReopeningServer(createServer((asked, answer) => this.#take(asked, answer)));
  }

  static async open(
    connection: ClusterConnection,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<ClusterFront> {
    const front = new ClusterFront(connection, env);
    await front.start();
    return front;
  }

  /** The same connection, by way of the front. */
  before({
    ca: _,
    serverName: _name,
    insecure: _any,
    proxy: _way,
    ...connection
  }: ClusterConnection): ClusterConnection {
    const ask = connection.credentials?.bind(connection);
    const server = this.#server.url;
    if (ask === undefined) return { ...connection, server };
    const credentials: typeof ask = async (options) => {
      const given = await ask(options);
      // On plain http nobody shows a certificate: the front does so for the client.
      this.#certificate = given.certificate;
      return given;
    };
    return { ...connection, server, credentials };
  }

  /** Resolves once somebody watches. */
  watched(): Promise<void> {
    if (this.#watches.size > 0) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.push(resolve));
  }

  /** Closes the connections of all watches, or has them told that their version is too old. */
  cutWatches(how: "cut" | "expired" = "cut"): void {
    for (const watch of this.#watches) {
      if (how === "expired") watch.end(`${JSON.stringify({ type: "ERROR", object: EXPIRED })}\n`);
      else watch.destroy();
    }
  }

  /** Lets nobody in and loses those who are: what a restart of the API server looks like from outside. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Listens, the second time at the same port. */
  async start(): Promise<void> {
    await this.#server.start();
  }

  async close(): Promise<void> {
    await this.#server.stop();
    this.#connections.close();
  }

  #take(asked: IncomingMessage, answer: ServerResponse): void {
    const refusal = this.faults.refusalOf(asked.headers.authorization ?? this.#certificate?.cert ?? "");
    if (refusal === undefined) {
      this.#forward(asked, answer);
      return;
    }
    const { status, headers, body } = refusal;
    asked.resume().on("end", () => {
      answer.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    });
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = "GET", url: path = "/" } = asked;
    const { host: _host, connection: _own, ...headers } = asked.headers;
    const passed = this.#connections.request(path, {
      method,
      headers,
      long: true,
      certificate: this.#certificate,
    });
    const watching = new URL(path, "http://front").searchParams.has("watch");
    this.#server.passed.add(passed);
    passed.on("response", (got) => {
      const { "transfer-encoding": _coding, connection: _hop, ...kept } = got.headers;
      this.onAnswer({ method, path, status: got.statusCode ?? 0 });
      answer.writeHead(got.statusCode ?? 502, { ...kept, date: this.faults.date() });
      answer.flushHeaders();
      if (watching) this.#watch(answer);
      got.on("error", () => answer.destroy());
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    passed.on("close", () => this.#server.passed.delete(passed));
    answer.on("close", () => {
      this.#watches.delete(answer);
      passed.destroy();
    });
    asked.pipe(passed);
  }

  #watch(answer: ServerResponse): void {
    this.#watches.add(answer);
    for (const resolve of this.#awaited.splice(0)) resolve();
  }
}

const EXPIRED = { kind: "Status", status: "Failure", reason: "Expired", code: 410, message: "too old" };
