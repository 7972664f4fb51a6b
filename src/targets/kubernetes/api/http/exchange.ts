import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { ClusterCredentials } from "../../../../ports/index.ts";
import { asFault, ConnectionFault } from "./connection-fault.ts";
import type { Connections } from "./connections.ts";

/** Milliseconds to reach the server, its name looked up and its certificate checked. */
const CONNECT = 10_000;

export interface Asked {
  readonly method: string;
  /** With its query, from the API server's root. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly certificate: ClusterCredentials["certificate"];
  readonly body: string | undefined;
  /** Milliseconds that the server may take to begin its answer. */
  readonly patience: number;
  /** A watch: silence within the answer is its nature. */
  readonly long: boolean;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or destroyed: the connection is held until then. */
  readonly stream: IncomingMessage;
}

/** Sockets over which a request may go, because the server was reached by them. */
const reached = new WeakSet<Socket>();

/**
 * One request and its answer. node:http itself: the `fetch` of Node 20 knows no proxy, no client certificate, and hides
 * how long a connection takes.
 *
 * @throws ConnectionFault
 */
export function exchange(asked: Asked, connections: Connections): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, certificate, body, patience, long, signal } = asked;
    let sent = false;
    // Said for all methods: Node says nothing for a DELETE, and its body would be taken for the next request.
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    let request: ClientRequest;
    try {
      request = connections.request(path, {
        method,
        headers: { ...headers, ...length },
        certificate,
        long,
        signal,
      });
    } catch (error) {
      // Node throws at once where a header cannot be written.
      reject(asFault(error, false));
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const within = (ms: number, text: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        request.destroy(new ConnectionFault(text, { kind: "network", sent, missing: false }));
      }, ms);
    };
    const standing = (socket: Socket): void => {
      reached.add(socket);
      sent = true;
      within(patience, `it gives no answer within ${patience / 1_000} s`);
    };
    request.on("socket", (socket) => {
      if (reached.has(socket)) {
        standing(socket);
        return;
      }
      within(CONNECT, "the connection timed out");
      socket.once(connections.secure ? "secureConnect" : "connect", () => standing(socket));
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(asFault(error, sent));
    });
    request.on("response", (stream) => {
      clearTimeout(timer);
      resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream });
    });
    request.end(body);
  });
}

/** The whole text of an answer that keeps coming. @throws ConnectionFault */
export async function textOf({ stream }: Answer, patience: number): Promise<string> {
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => {
    const text = `its answer stopped in the middle for ${patience / 1_000} s`;
    stream.destroy(new ConnectionFault(text, { kind: "network", sent: true, missing: false }));
  }, patience);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      timer.refresh();
    }
  } catch (error) {
    throw asFault(error, true);
  } finally {
    clearTimeout(timer);
  }
  const [first] = chunks;
  return (chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)).toString("utf8");
}
