import { codeOf, messageOf, networkReason } from "../../../errors/index.ts";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { once } from "node:events";
import { Patience } from "./patience.ts";
import type { Route } from "../../../util/http/routes.ts";

/** Milliseconds to reach a server, its name looked up and its certificate checked. */
const CONNECT = 10_000;

export interface Asked {
  readonly method: "GET" | "HEAD" | "PUT" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Blob | undefined;
}

export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or returned from: the connection is held until then. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A connection that could not be made, was lost, or got nowhere: asking again may help. */
export class ConnectionFault extends Error {
  override readonly name = "ConnectionFault";
}

/**
 * One request and its answer. node:http itself: the `fetch` of Node 20 knows no proxy, hides the time that a connection
 * may take, unpacks what is gzipped, and loses an answer that comes before the whole of the body has been sent.
 *
 * @param timeout milliseconds, see {@link Patience}
 * @throws ConnectionFault, also while the answer's body is read
 */
export function exchange(asked: Asked, route: Route, timeout: number): Promise<Answer> {
  const { method, url, body } = asked;
  return new Promise((resolve, reject) => {
    const request = route.request({
      method,
      headers: { ...asked.headers, ...route.headers },
      agent: route.agent,
    });
    let answering: IncomingMessage | undefined;
    const patience = new Patience(timeout, Math.min(CONNECT, timeout), () => {
      (answering ?? request).destroy(new ConnectionFault(`${url.host} let too much time pass`));
    });
    const connected = (): void => {
      patience.again();
    };
    request.on("socket", (socket) => {
      if (socket.connecting) socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
      else connected();
    });
    request.on("error", (error) => {
      patience.pause();
      reject(asFault(error, url));
    });
    request.on("response", (response) => {
      answering = response;
      patience.again();
      resolve({
        url,
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: bodyOf(response, request, patience, url),
      });
      patience.pause();
    });
    if (body === undefined) request.end();
    else
      send(body, request, patience).catch((error: unknown) => {
        request.destroy(error as Error);
      });
  });
}

type ClientRequest = ReturnType<Route["request"]>;

/** Sends no faster than the server takes it, and no further once it has answered. */
async function send(body: Blob, request: ClientRequest, patience: Patience): Promise<void> {
  const answered = new AbortController();
  const stop = (): void => answered.abort();
  request.once("response", stop).once("close", stop);
  const { signal } = answered;
  for await (const chunk of body.stream() as unknown as AsyncIterable<Uint8Array>) {
    if (signal.aborted) return;
    if (!request.write(chunk)) await once(request, "drain", { signal }).catch(() => undefined);
    patience.moved(chunk.length);
  }
  if (signal.aborted) return;
  // What is left is on its way; from here on the server has its time to answer.
  patience.again();
  request.end();
}

async function* bodyOf(
  response: IncomingMessage,
  request: ClientRequest,
  patience: Patience,
  url: URL,
): AsyncGenerator<Uint8Array, void> {
  try {
    patience.resume();
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      patience.moved(chunk.length);
      patience.pause();
      yield chunk;
      patience.resume();
    }
  } catch (error) {
    throw asFault(error, url);
  } finally {
    patience.pause();
    // An answer may come before all has been sent; that connection is of no more use.
    if (!response.complete || !request.writableEnded) request.destroy();
  }
}

function asFault(error: unknown, url: URL): ConnectionFault {
  if (error instanceof ConnectionFault) return error;
  const reason = networkReason(codeOf(error)) ?? messageOf(error);
  return new ConnectionFault(`${url.host}: ${reason}`, { cause: error });
}
