import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WeightedTurns } from "../../../../../src/targets/local/proxy/balancer.ts";
import { Counters } from "../../../../../src/targets/local/proxy/counters.ts";
import { Instance } from "../../../../../src/targets/local/proxy/instance.ts";
import { freePort } from "../../../../../src/targets/local/proxy/ports.ts";
import { Traffic } from "../../../../../src/targets/local/proxy/traffic.ts";
import { thisProcess } from "../../../../../src/util/process/identity.ts";
import { ask } from "../../../../integration/local-target/load.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A replica that is only a port: its process is this one, which is never signalled. */
function instance(port: number): Instance {
  const record = {
    id: `at-${port}`,
    revision: 1,
    index: 0,
    process: thisProcess(),
    port,
    startedAt: Date.now(),
  };
  const check = { path: "/", interval: 60_000, timeout: 1_000, startup: 60_000 };
  const hooks = { changed: () => undefined, overdue: () => undefined, ended: () => undefined };
  return new Instance(record, undefined, check, hooks);
}

async function listening(server: TcpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A proxy over the given replicas, all of them taken for ready. */
async function proxyOver(ports: readonly number[]): Promise<{ url: string; counters: Counters }> {
  const counters = new Counters();
  const instances = ports.map(instance);
  const traffic = new Traffic(new WeightedTurns(), counters, {
    revision: (side) => (side === "stable" ? 1 : undefined),
    ready: () => instances,
  });
  const server: Server = createHttpServer((request, response) => {
    traffic.handle(request, response);
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, counters };
}

/** Answers the first request of each connection, and breaks the connection at the second, unread. */
function breaksKeptConnections(): TcpServer {
  return createServer((socket: Socket) => {
    let answered = false;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      if (answered) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok");
      answered = true;
    });
  });
}

describe("Traffic", () => {
  it("sends a request again that went into a kept connection as it was closed, to the same replica", async () => {
    const { url, counters } = await proxyOver([await listening(breaksKeptConnections())]);
    for (let index = 0; index < 6; index += 1)
      expect(await ask(url)).toMatchObject({ status: 200, body: "ok" });
    expect(counters.read(1)).toMatchObject({ requests: 6, errors: 0 });
  });

  it("never sends a request with a body through a kept connection", async () => {
    const { url } = await proxyOver([await listening(breaksKeptConnections())]);
    for (let index = 0; index < 4; index += 1) {
      const answer = await ask(url, { method: "POST", body: Buffer.from("once") });
      expect(answer).toMatchObject({ status: 200, body: "ok" });
    }
  });

  it("takes another replica where the connection is refused, with the body untouched", async () => {
    const echo = createHttpServer((request, response) => {
      request.pipe(response);
    });
    const refusing = await freePort();
    const { url, counters } = await proxyOver([refusing, await listening(echo)]);
    for (const body of ["first", "second", "third"]) {
      const answer = await ask(url, { method: "POST", body: Buffer.from(body) });
      expect(answer).toMatchObject({ status: 200, body, side: "stable", revision: 1 });
    }
    expect(counters.read(1)).toMatchObject({ requests: 3, errors: 0 });
  });

  it("asks one other replica, and no third, when the connection of a request that may be repeated breaks", async () => {
    let seen = 0;
    const breaking = createHttpServer((request) => {
      if (request.url === "/page") seen += 1;
      request.socket.destroy();
    });
    const port = await listening(breaking);
    const { url, counters } = await proxyOver([port, port, port]);
    expect(await ask(`${url}/page`)).toMatchObject({ status: 502, side: "stable", revision: 1 });
    expect(seen).toBe(2);
    expect(counters.read(1)).toMatchObject({ requests: 1, errors: 1 });
  });

  it("does not repeat a request that may do something twice, once it was delivered", async () => {
    let seen = 0;
    const breaking = createHttpServer((request) => {
      if (request.url === "/order") seen += 1; // health checks come, too
      request.socket.destroy();
    });
    const port = await listening(breaking);
    const { url, counters } = await proxyOver([port, port]);
    const answer = await fetch(`${url}/order`, { method: "POST", body: "one" });
    expect(answer.status).toBe(502);
    expect(answer.headers.get("x-sluice-side")).toBe("stable");
    expect(seen).toBe(1);
    expect(counters.read(1)).toMatchObject({ requests: 1, errors: 1 });
  });

  it("passes headers on before there is a body", async () => {
    let finish: () => void = () => undefined;
    const streaming = createHttpServer((_request, response) => {
      response.flushHeaders();
      finish = () => response.end("late");
    });
    const { url } = await proxyOver([await listening(streaming)]);
    const answer = await fetch(`${url}/stream`);
    expect(answer.headers.get("x-sluice-side")).toBe("stable");
    finish();
    expect(await answer.text()).toBe("late");
  });

  it("says that no replica is ready where none is", async () => {
    const { url, counters } = await proxyOver([]);
    const answer = await ask(url);
    expect(answer).toMatchObject({
      status: 503,
      body: "sluice: no replica of revision 1 (stable) is ready\n",
    });
    expect(counters.read(1)).toMatchObject({ requests: 1, errors: 1 });
  });
});
