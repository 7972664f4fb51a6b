import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { messageOf } from "../../../errors/index.ts";
import type { ClusterConnection, ClusterCredentials } from "../../../ports/index.ts";

/**
 * The exec plugin: says for which process it asks, and prints what the socket answers; what begins with `!` is an error.
 */
export const CALL_BACK = `
const socket = require("node:net").connect(process.argv[1]);
let text = "";
socket.write(process.ppid + "\\n");
socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
socket.on("error", (error) => { console.error("sluice does not answer: " + error.message); process.exit(1); });
socket.on("end", () => {
  if (text.startsWith("{")) process.stdout.write(text);
  else { console.error(text.slice(1) || "sluice does not answer"); process.exitCode = 1; }
});`;

/** Answers each connection to a socket with credentials. Gives the way to stop. */
export async function serveCredentials(
  connection: ClusterConnection,
  path: string,
  now: () => number,
): Promise<() => Promise<void>> {
  const ends = new Map<string, number>();
  const sockets = new Set<Socket>();
  const answer = async (socket: Socket): Promise<void> => {
    try {
      const asking = await readLine(socket);
      // A program keeps credentials until they end. One that asks again sooner was refused with them.
      const refused = now() < (ends.get(asking) ?? -Infinity);
      const given = (await connection.credentials?.(refused ? { fresh: true } : {})) ?? {};
      ends.set(asking, given.expiresAt ?? Infinity);
      socket.end(JSON.stringify(execCredential(given)));
    } catch (error) {
      socket.end(`!${messageOf(error)}`);
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that is gone needs no answer.
    socket.on("error", () => socket.destroy());
    void answer(socket);
  });
  server.listen(path);
  await once(server, "listening");
  server.unref();
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}

async function readLine(socket: Socket): Promise<string> {
  let line = "";
  socket.setEncoding("utf8");
  while (!line.includes("\n")) line += ((await once(socket, "data")) as [string])[0];
  return line.split("\n")[0] ?? "";
}

function execCredential({ token, certificate, expiresAt }: ClusterCredentials): object {
  return {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: {
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined
        ? {}
        : { clientCertificateData: certificate.cert, clientKeyData: certificate.key }),
      ...(expiresAt === undefined ? {} : { expirationTimestamp: new Date(expiresAt).toISOString() }),
    },
  };
}
