import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { PROMETHEUS } from "./scrape.ts";

/** Stands before the lab's Prometheus: lets in who knows the token, and can go away and come back. */
export class Front {
  port = 0;
  asked = 0;
  readonly #server: Server;

  constructor(token?: string) {
    this.#server = createServer((request, response) => {
      this.asked += 1;
      if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
        response.writeHead(401).end("who are you?");
        return;
      }
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const type = request.headers["content-type"] ?? "";
        void fetch(`${PROMETHEUS}${request.url ?? ""}`, {
          method: "POST",
          headers: { "content-type": type },
          body: Buffer.concat(chunks).toString("utf8"),
        }).then(async (answer) => {
          response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
        });
      });
    });
    onTestFinished(() => this.away());
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async back(): Promise<void> {
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async away(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
