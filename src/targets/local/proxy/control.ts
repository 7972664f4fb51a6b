import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { isSluiceError, messageOf } from "../../../errors/index.ts";
import { makeSocketFolder } from "../layout.ts";
import type { ProxyRefusal } from "./protocol.ts";

/** What a control request can reach: by method and path, given the body and the query. */
export type ControlRoutes = Readonly<
  Record<string, (body: unknown, query: URLSearchParams) => Promise<object> | object>
>;

/** Opens the control socket: JSON over HTTP for whoever may enter the socket's folder. */
export async function openControl(socket: string, routes: ControlRoutes): Promise<Server> {
  await makeSocketFolder(socket);
  await rm(socket, { force: true }); // left by a proxy that was killed; the lock says that none is alive
  const server = createServer((request, response) => {
    answer(request, response, routes).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: ControlRoutes,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://proxy");
  const name = `${request.method ?? ""} ${url.pathname}`;
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  let status = 200;
  let body: object;
  try {
    const given = request.method === "GET" ? undefined : await json(request);
    if (route === undefined) [status, body] = [404, refusal(new Error(`no such control: ${name}`))];
    else body = await route(given, url.searchParams);
  } catch (error) {
    [status, body] = [500, refusal(error)];
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function refusal(error: unknown): ProxyRefusal {
  const message = messageOf(error);
  if (!isSluiceError(error)) return { code: "INTERNAL", message };
  return { code: error.code, message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
