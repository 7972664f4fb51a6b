import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const BOUNDS = [0.05, 0.1, 0.5];

/** What a server has counted over all of its lives. */
export interface Truth {
  readonly requests: number;
  readonly errors: number;
  /** By bound, and those above the last one. */
  readonly latency: readonly number[];
}

/** A server that counts its requests as a Prometheus client does. `/?status=500&ms=80` says how one shall count. */
export class CountingServer {
  port = 0;
  readonly #server: Server;
  #codes = new Map<string, number>();
  #buckets = [0, 0, 0, 0];
  #before = { requests: 0, errors: 0, latency: [0, 0, 0, 0] };
  #scraped = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://server");
      if (url.pathname === "/metrics") {
        this.#scraped += 1;
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(this.#exposition());
        return;
      }
      const status = url.searchParams.get("status") ?? "200";
      this.#codes.set(status, (this.#codes.get(status) ?? 0) + 1);
      const seconds = Number(url.searchParams.get("ms") ?? "10") / 1_000;
      const index = BOUNDS.findIndex((bound) => seconds <= bound);
      const bucket = index === -1 ? BOUNDS.length : index;
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
      // So that no kept connection is lost in a restart.
      response.writeHead(Number(status), { connection: "close" }).end();
    });
  }

  static async start(): Promise<CountingServer> {
    const server = new CountingServer();
    await server.#listen();
    onTestFinished(() => server.stop());
    return server;
  }

  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  get truth(): Truth {
    const { requests, errors, latency } = this.#before;
    const all = [...this.#codes.values()].reduce((sum, count) => sum + count, 0);
    return {
      requests: requests + all,
      errors: errors + (this.#codes.get("500") ?? 0),
      latency: latency.map((count, index) => count + (this.#buckets[index] ?? 0)),
    };
  }

  /** How often it was scraped. */
  get scraped(): number {
    return this.#scraped;
  }

  async ask(count: number, query = ""): Promise<void> {
    for (let index = 0; index < count; index++) {
      const response = await fetch(`http://${this.address}/${query}`);
      await response.arrayBuffer();
    }
  }

  /** A new process at the same address: it counts from 0. */
  async restart(): Promise<void> {
    this.#before = { ...this.truth, latency: [...this.truth.latency] };
    this.#codes = new Map();
    this.#buckets = [0, 0, 0, 0];
    await this.stop();
    await this.#listen();
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  #exposition(): string {
    const lines = ["# TYPE http_requests_total counter", "# TYPE http_request_duration_seconds histogram"];
    for (const [code, count] of this.#codes)
      lines.push(`http_requests_total{code="${code}"} ${String(count)}`);
    let upTo = 0;
    for (const [index, count] of this.#buckets.entries()) {
      upTo += count;
      lines.push(
        `http_request_duration_seconds_bucket{le="${String(BOUNDS[index] ?? "+Inf")}"} ${String(upTo)}`,
      );
    }
    lines.push(`http_request_duration_seconds_count ${String(upTo)}`, "http_request_duration_seconds_sum 0");
    return `${lines.join("\n")}\n`;
  }
}
