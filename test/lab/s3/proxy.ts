import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came. */
export interface Seen {
  readonly method: string;
  /** Below the bucket. */
  readonly key: string;
  readonly query: string;
  readonly headers: IncomingMessage["headers"];
}

/**
 * What is done with a request. `drop`: the server does what it says, and the connection breaks before the answer.
 * `slow-down`: it is refused as a busy server does. `pretend`: it is answered as done, and the server never hears of it.
 * `lose`: the connection breaks before the server hears of it. `conflict`: it is refused as a conditional write that met
 * another one. `no-upload`: it is refused as one of an upload in parts that has ended. `changed`:
 * it is refused as one whose condition does not hold.
 */
export type Fate = "pass" | "drop" | "slow-down" | "pretend" | "lose" | "conflict" | "no-upload" | "changed";

/** Stands between a client and the server, and does to requests what networks do. */
export class Proxy {
  readonly seen: Seen[] = [];
  /** Asked for each request; may wait. */
  fate: (seen: Seen) => Fate | Promise<Fate> = () => "pass";
  readonly #target: URL;
  readonly #server: Server;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((asked, answer) => {
      this.#handle(asked, answer).catch(() => answer.destroy());
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const chunk of asked) body.push(chunk as Buffer);
    const { pathname, search } = new URL(asked.url ?? "/", this.#target);
    const key = decodeURIComponent(pathname).split("/").slice(2).join("/");
    const seen = { method: asked.method ?? "", key, query: search, headers: asked.headers };
    this.seen.push(seen);
    const fate = await this.fate(seen);
    if (fate === "lose") {
      answer.destroy();
    } else if (fate === "slow-down") {
      refuse(answer, 503, "SlowDown");
    } else if (fate === "conflict") {
      refuse(answer, 409, "ConditionalRequestConflict");
    } else if (fate === "no-upload") {
      refuse(answer, 404, "NoSuchUpload");
    } else if (fate === "changed") {
      refuse(answer, 412, "PreconditionFailed");
    } else if (fate === "pretend") {
      answer.writeHead(200, { ETag: '"00000000000000000000000000000001"', "Content-Length": "0" });
      answer.end();
    } else {
      await this.#forward(asked, Buffer.concat(body), answer, fate);
    }
  }

  /** With the headers as they came, the host's name among them: they are signed. */
  #forward(
    asked: IncomingMessage,
    body: Buffer,
    answer: ServerResponse,
    fate: "pass" | "drop",
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const { method, url: path, headers } = asked;
      const passed = request({ hostname, port, method, path, headers, agent: false }, (got) => {
        if (fate === "drop") {
          got.resume().on("end", () => {
            answer.destroy();
            resolve();
          });
          return;
        }
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer).on("close", resolve);
      });
      passed.on("error", reject);
      passed.end(body);
    });
  }
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { "Content-Type": "application/xml" });
  answer.end(`<Error><Code>${code}</Code><Message>as the test has it</Message></Error>`);
}
