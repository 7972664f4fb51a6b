import { messageOf } from "../../../errors/index.ts";
import { createServer, type Server } from "node:http";
import { freePort, isFree } from "./ports.ts";
import type { Side } from "./protocol.ts";
import type { Traffic } from "./traffic.ts";

/** Longer than any client is likely to keep a connection, so that the client closes it and no request is lost. */
const KEEP_ALIVE = 65_000;

export interface SidePorts {
  readonly stable: number;
  readonly candidate: number;
}

/** The open ports of a target: the public one, and one for each side. */
export class Listeners {
  readonly #traffic: Traffic;
  #public: { readonly server: Server; readonly port: number } | undefined;
  #sides: { readonly servers: readonly Server[]; readonly ports: SidePorts } | undefined;
  #problem: string | null = null;
  readonly #closing = new Set<Promise<void>>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  get port(): number | null {
    return this.#public?.port ?? null;
  }

  /** Why the public port is not open although it shall be. */
  get problem(): string | null {
    return this.#problem;
  }

  get sidePorts(): SidePorts | null {
    return this.#sides?.ports ?? null;
  }

  /** Opens `port`, or a free one; a port that was open before is closed once the new one is. Never rejects. */
  async open(port: number | null): Promise<void> {
    if (this.#public !== undefined && (port === null || port === this.#public.port)) {
      this.#problem = null;
      return;
    }
    try {
      const wanted = port ?? (await freePort());
      const server = await this.#listen(wanted, undefined);
      if (this.#public !== undefined) this.#close(this.#public.server);
      this.#public = { server, port: wanted };
      this.#problem = null;
    } catch (error) {
      this.#problem = messageOf(error);
    }
  }

  /** Opens the ports of the sides, those given where they are free. */
  async openSides(last: SidePorts | null): Promise<void> {
    if (this.#sides !== undefined) return;
    const ports = { stable: await sidePort(last?.stable), candidate: await sidePort(last?.candidate) };
    const servers = [
      await this.#listen(ports.stable, "stable"),
      await this.#listen(ports.candidate, "candidate"),
    ];
    this.#sides = { servers, ports };
  }

  /** Takes no new requests from now on. */
  close(): void {
    for (const server of [
      ...(this.#public === undefined ? [] : [this.#public.server]),
      ...(this.#sides?.servers ?? []),
    ]) {
      this.#close(server);
    }
    this.#public = undefined;
    this.#sides = undefined;
    this.#problem = null;
  }

  /** Resolves when all requests of closed ports are answered. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #close(server: Server): void {
    const closing = close(server).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #listen(port: number, side: Side | undefined): Promise<Server> {
    // An upload or a streamed answer may take as long as it takes.
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
      this.#traffic.handle(request, response, side);
    });
    server.on("upgrade", (request, socket, head) => {
      this.#traffic.upgrade(request, socket, head, side);
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port }, () => {
        server.off("error", reject);
        resolve(server);
      });
    });
  }
}

async function sidePort(last: number | undefined): Promise<number> {
  return last !== undefined && (await isFree(last)) ? last : freePort();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A kept connection becomes idle only when its last request is answered, so it is looked for again and again.
    const timer = setInterval(() => {
      server.closeIdleConnections();
    }, 50);
    server.close(() => {
      clearInterval(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
