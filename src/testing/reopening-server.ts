import type { ClientRequest, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A listener on the loopback interface that can go away for a while and comes back at the same port. */
export class ReopeningServer {
  /** Requests that were passed on and are under way; they end with the listener. */
  readonly passed = new Set<ClientRequest>();
  readonly #server: Server;
  #port = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, the second time at the same port. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Lets nobody in and loses those who are: what a restart looks like from outside. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    for (const request of this.passed) request.destroy();
    await closed;
  }
}
