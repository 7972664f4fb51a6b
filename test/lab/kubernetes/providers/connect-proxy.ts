import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** A proxy that opens tunnels, and remembers where to. Hosts of `routes` (`host:port`) are played by others. */
export class ConnectProxy {
  readonly opened: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(routes: Readonly<Record<string, string>>) {
    this.#server = createServer((_asked, answer) => answer.writeHead(405).end());
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
    this.#server.on("connect", (asked, socket) => {
      const wanted = asked.url ?? "";
      const { hostname, port } = new URL(`http://${routes[wanted] ?? wanted}`);
      this.opened.push(wanted);
      const there = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        there.pipe(socket);
        socket.pipe(there);
      });
      there.on("error", () => socket.destroy());
      socket.on("error", () => there.destroy());
    });
  }

  static async open(routes: Readonly<Record<string, string>> = {}): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(routes);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
