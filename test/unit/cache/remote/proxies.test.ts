import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { connect as connectSocket, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { noProxyFor, proxyOf } from "../../../../src/util/http/proxy.ts";
import { connect, read } from "./client.ts";
import { ProtocolServer } from "./server.ts";

const KEY = "0123456789abcdef".repeat(4);
const TOKEN = { TURBO_TOKEN: "the-token" };

/** A proxy that does as RFC 9110 says, and remembers what it was asked. */
async function startProxy(
  tunnel: number = 200,
): Promise<{ url: string; asked: IncomingMessage[]; hellos: Buffer[] }> {
  const asked: IncomingMessage[] = [];
  const hellos: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming, response) => {
    asked.push(incoming);
    const { method = "", headers } = incoming;
    const onward = request(new URL(incoming.url ?? ""), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("connect", (incoming, socket) => {
    asked.push(incoming);
    socket.write(`HTTP/1.1 ${String(tunnel)} x\r\n\r\n`);
    if (tunnel !== 200) return void socket.end();
    const [host, port] = (incoming.url ?? "").split(":");
    const onward = connectSocket(Number(port), host);
    sockets.add(onward);
    socket.once("data", (hello: Buffer) => hellos.push(hello));
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked, hellos };
}

describe("a proxy", () => {
  it("is asked for a plain address by the whole of it, with its own password", async () => {
    const server = await ProtocolServer.start();
    const proxy = await startProxy();
    const address = proxy.url.replace("http://", "http://me:p%40ss@");
    const { cache } = await connect({ url: server.url }, { ...TOKEN, http_proxy: address });

    await cache.put(KEY, new Blob(["blob"]), { took: 0 });
    expect(await read(await cache.get(KEY))).toEqual(Buffer.from("blob"));

    expect(proxy.asked[0]).toMatchObject({
      url: `${server.url}/v8/artifacts/status?teamId=team_a`,
      headers: {
        host: new URL(server.url).host,
        "proxy-authorization": `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
      },
    });
  });

  it("is not asked for what NO_PROXY names", async () => {
    const server = await ProtocolServer.start();
    const proxy = await startProxy();
    const { cache } = await connect(
      { url: server.url },
      { ...TOKEN, http_proxy: proxy.url, NO_PROXY: "127.0.0.1" },
    );
    expect(await cache.get(KEY)).toBeUndefined();
    expect(proxy.asked).toEqual([]);
  });

  it("is asked for a way to a server that speaks TLS, and gets neither address nor token", async () => {
    const server = await ProtocolServer.start();
    const proxy = await startProxy();
    // The server speaks no TLS, so it ends at the first word, which is enough to see.
    const url = server.url.replace("http:", "https:");
    const { cache } = await connect({ url }, { ...TOKEN, HTTPS_PROXY: proxy.url });
    await expect(cache.get(KEY)).rejects.toThrow();
    const host = new URL(server.url).host;
    expect(proxy.asked[0]).toMatchObject({ method: "CONNECT", url: host, headers: { host } });
    expect(proxy.asked[0]!.headers.authorization).toBeUndefined();
    // A TLS record of a handshake.
    expect(proxy.hellos[0]![0]).toBe(0x16);
  });

  it("that opens no way is named, without its password", async () => {
    const proxy = await startProxy(407);
    const address = proxy.url.replace("http://", "http://me:secret@");
    const { cache } = await connect({ url: "https://cache.example.com" }, { ...TOKEN, https_proxy: address });
    const error = await cache.get(KEY).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toContain(
      `the proxy ${new URL(proxy.url).host} opens no way to it (status 407)`,
    );
    expect((error as Error).message).not.toContain("secret");
  });

  it("of a kind that cannot be used is an error that does not repeat it", async () => {
    const { cache } = await connect(
      { url: "https://cache.example.com" },
      { ...TOKEN, ALL_PROXY: "socks5://me:secret@h" },
    );
    const error = await cache.get(KEY).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toBe(
      "ALL_PROXY names no http or https proxy, and no other kind can be used",
    );
  });
});

describe("the variables", () => {
  it.each([
    ["https://a.example", { https_proxy: "p:1", HTTPS_PROXY: "q:1" }, "http://p:1/"],
    ["https://a.example", { HTTPS_PROXY: "https://q:1", ALL_PROXY: "r:1" }, "https://q:1/"],
    ["https://a.example", { http_proxy: "p:1", all_proxy: "r:1" }, "http://r:1/"],
    ["http://a.example", { https_proxy: "p:1" }, undefined],
    ["http://a.example", { HTTP_PROXY: "" }, undefined],
  ])("name the proxy for %s by %j", (url, variables, proxy) => {
    expect(proxyOf(new URL(url), variables)?.href).toBe(proxy);
  });

  it.each([
    ["https://a.example", "b.example, a.example", true],
    ["https://x.a.example", "a.example", true],
    ["https://x.a.example", ".a.example", true],
    ["https://x.a.example", "*.a.example", true],
    ["https://xa.example", "a.example", false],
    ["https://a.example", "*", true],
    ["https://a.example", "a.example:443", true],
    ["https://a.example", "a.example:8443", false],
    ["https://a.example:8443", "A.EXAMPLE:8443", true],
    ["https://a.example", "", false],
    ["https://a.example", ",", false],
  ])("leave out the proxy for %s by %j: %s", (url, no, expected) => {
    expect(noProxyFor(new URL(url), { NO_PROXY: no })).toBe(expected);
  });
});
