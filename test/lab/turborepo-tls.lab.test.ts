// needs: turborepo-server, openssl
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { noise } from "../unit/cache/remote/client.ts";
import { need } from "./lab.ts";
import { runCommand } from "./run-command.ts";
import { CacheServer, TOKEN } from "./turborepo/server.ts";

const SCRIPT = fileURLToPath(new URL("turborepo/big-blob.ts", import.meta.url));

async function certificate(): Promise<{ key: string; cert: string }> {
  const folder = tempFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=lab"];
  const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
  await runCommand("openssl", [...made, ...names, "-keyout", key, "-out", cert]);
  return { key, cert };
}

/** A proxy that opens tunnels and remembers to where. */
async function startProxy(): Promise<{ url: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    const [host, port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
    sockets.add(onward).add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, tunnels };
}

const both = need("turborepo-server").available && need("openssl").available;
describe.skipIf(!both)("a server that speaks TLS", () => {
  // A process trusts further certificates only if it is started so.
  async function sendAndFetch(server: CacheServer, variables: Record<string, string>): Promise<unknown> {
    const folder = tempFolder();
    writeFileSync(join(folder, "blob"), noise(5_000_000));
    const args = ["--import", "tsx", SCRIPT, server.url, join(folder, "blob"), folder];
    const env = { PATH: process.env["PATH"], TURBO_TOKEN: TOKEN, ...variables };
    const { stdout } = await runCommand(process.execPath, args, { env });
    return JSON.parse(stdout);
  }

  it("is reached, straight and through a proxy whose connections are used again", async () => {
    const tls = await certificate();
    const server = await CacheServer.start({ tls });
    const proxy = await startProxy();
    const trusting = { NODE_EXTRA_CA_CERTS: tls.cert };
    expect(await sendAndFetch(server, trusting)).toMatchObject({ same: true });
    expect(await sendAndFetch(server, { ...trusting, HTTPS_PROXY: proxy.url })).toMatchObject({ same: true });
    expect(proxy.tunnels).toEqual([new URL(server.url).host]);
  });

  it("is not believed where nobody vouches for it, straight or through a proxy", async () => {
    const server = await CacheServer.start({ tls: await certificate() });
    const proxy = await startProxy();
    for (const variables of [{}, { HTTPS_PROXY: proxy.url }])
      await expect(sendAndFetch(server, variables)).rejects.toThrow(/self-signed certificate/);
  });
});
