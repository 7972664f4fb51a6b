import type { IncomingMessage } from "node:http";
import type { ClusterConnection } from "../../../ports/index.ts";
import { Connections } from "../api/http/connections.ts";
import type { Forward } from "./preview-proxy.ts";

/** Forwards requests of others over a cluster's connection, as whoever we are. */
export interface Forwarder {
  readonly forward: Forward;
  close(): void;
}

/** @param env - for the proxy on the way, where the connection names none */
export function forwardOver(
  connection: ClusterConnection,
  env: Readonly<Record<string, string | undefined>>,
): Forwarder {
  const connections = new Connections(connection, env);
  const forward: Forward = async ({ method, path, headers, body }) => {
    const { token, certificate } = (await connection.credentials?.()) ?? {};
    const authorized = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const all = { ...headers, ...connection.headers, ...authorized };
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = connections.request(path, { method, headers: all, long: true, certificate });
      asked.on("response", resolve);
      asked.on("error", reject);
      body.on("error", () => asked.destroy());
      body.pipe(asked);
    });
  };
  return { forward, close: () => connections.close() };
}
