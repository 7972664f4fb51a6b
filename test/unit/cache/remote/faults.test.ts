import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { CacheFault } from "../../../../src/cache/fault.ts";
import { pauseAfter } from "../../../../src/cache/remote/http/retry.ts";
import { connect, noise, read, sumOf } from "./client.ts";
import { answer, cutAfter, ProtocolServer, type Quirk } from "./server.ts";

const KEY = "0123456789abcdef".repeat(4);
const status =
  (code: number, headers = {}, body: unknown = {}): Quirk =>
  (_request, response) => {
    answer(response, code, body, headers);
    return true;
  };

async function withBlob(blob: Buffer, options = {}, variables?: Record<string, string>) {
  const server = await ProtocolServer.start();
  const client = await connect({ url: server.url, ...options }, variables);
  await client.cache.put(KEY, new Blob([blob]), { took: 0 });
  return { server, ...client };
}

describe("a server that is busy", () => {
  it.each([429, 502, 503, 504])("is asked again after a %i", async (code) => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("GET", status(code));
    expect(await read(await cache.get(KEY))).toEqual(Buffer.from("blob"));
    expect(server.asked("GET")).toHaveLength(2);
  });

  it("is given the time that it asks for", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("GET", status(429, { "retry-after": "1" }));
    const start = performance.now();
    expect(await read(await cache.get(KEY))).toEqual(Buffer.from("blob"));
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it("is done without when it asks for more than a cache is worth", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("GET", status(429, { "retry-after": "3600" }));
    await expect(cache.get(KEY)).rejects.toThrow("status 429, it is asked too often");
    expect(server.asked("GET")).toHaveLength(1);
  });

  it("is given up on after four attempts", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    for (let index = 0; index < 4; index++) server.quirk("GET", status(503, { "retry-after": "0" }));
    await expect(cache.get(KEY)).rejects.toThrow("status 503");
    expect(server.asked("GET")).toHaveLength(4);
  });

  it("gets a blob again as a whole", async () => {
    const blob = noise(500_000);
    const { server, cache } = await withBlob(Buffer.from("another"));
    server.quirk("PUT", status(503, { "retry-after": "0" }));
    server.quirk("PUT", (request) => (request.socket.destroy(), true), true);
    await cache.put(KEY, new Blob([blob]), { took: 0 });
    expect(await sumOf([server.blobs.get(`team_a/${KEY}`)!.bytes])).toBe(await sumOf([blob]));
  });

  it("may name a date", () => {
    const now = Date.UTC(2026, 0, 1);
    const at = (text: string): number | undefined => pauseAfter({ headers: { "retry-after": text } }, 2, now);
    expect(at("Thu, 01 Jan 2026 00:00:07 GMT")).toBe(7_000);
    expect(at("Wed, 31 Dec 2025 00:00:00 GMT")).toBe(0);
    expect(at("Thu, 01 Jan 2026 00:01:00 GMT")).toBeUndefined();
    expect(at("soon")).toBeGreaterThan(0);
  });
});

describe("a server that refuses", () => {
  it.each([
    [400, {}, "most servers need a teamId or a slug"],
    [401, { message: "who?" }, 'it does not know the token, it says "who?"'],
    [402, {}, "blocked"],
    [500, {}, "status 500"],
    [
      403,
      { error: { code: "remote_caching_paused", message: "Spend limit" } },
      "remote caching is paused there",
    ],
  ])("with %i is not asked again, and is an error for all blobs", async (code, body, message) => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("GET", status(code, {}, body));
    const error = await cache.get(KEY).catch((reason: unknown) => reason as Error);
    expect(error).not.toBeInstanceOf(CacheFault);
    expect((error as Error).message).toContain(message);
    expect(server.asked("GET")).toHaveLength(1);
  });

  it.each([
    ["disabled", "switched off"],
    ["over_limit", "limit is used up"],
    ["paused", "is paused"],
  ])("by being %s is not asked for anything", async (state, message) => {
    const server = await ProtocolServer.start();
    server.state = state;
    const { cache } = await connect({ url: server.url });
    await expect(cache.get(KEY)).rejects.toThrow(message);
    await expect(cache.put(KEY, new Blob(["a"]), { took: 0 })).rejects.toThrow(message);
    expect(server.seen.map(({ path }) => path)).toEqual(["/v8/artifacts/status"]);
  });

  it("a blob as too large, before all of it was sent, says so and harms no other blob", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    let received = 0;
    server.quirk(
      "PUT",
      (request, response) => {
        request.on("data", (chunk: Buffer) => (received += chunk.length));
        answer(response, 413, { message: "Request body is too large" });
        return true;
      },
      true,
    );
    const error = cache.put(KEY, new Blob([noise(32 << 20)]), { took: 0 });
    await expect(error).rejects.toThrow(CacheFault);
    await expect(error).rejects.toThrow(
      /33554432 bytes is not taken: status 413.*"Request body is too large"/,
    );
    expect(received).toBeLessThan(32 << 20);
    expect(await read(await cache.get(KEY))).toEqual(Buffer.from("blob"));
  });

  it("to replace a blob has it already", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("PUT", status(409));
    await cache.put(KEY, new Blob(["blob"]), { took: 0 });
  });

  it("to keep a blob is an error", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    server.quirk("PUT", status(412, {}, { message: "Error during the artifact creation" }));
    await expect(cache.put(KEY, new Blob(["blob"]), { took: 0 })).rejects.toThrow(
      "it could not keep what was sent",
    );
  });
});

describe("a connection that is lost on the way", () => {
  const blob = noise(900_000);

  it("costs nothing but time", async () => {
    const { server, cache } = await withBlob(blob);
    server.quirk("GET", cutAfter(blob, 0));
    server.quirk("GET", cutAfter(blob, 300_000));
    server.quirk("GET", cutAfter(blob, 700_001));
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
    expect(server.asked("GET")).toHaveLength(4);
  });

  it("again and again makes the blob unusable", async () => {
    const { server, cache } = await withBlob(blob);
    for (let index = 0; index < 4; index++) server.quirk("GET", cutAfter(blob, 400_000));
    const stream = await cache.get(KEY);
    await expect(read(stream)).rejects.toThrow(CacheFault);
  });

  it("to a blob that is another one afterwards makes it unusable", async () => {
    const { server, cache } = await withBlob(blob);
    server.quirk("GET", cutAfter(noise(900_000, 2), 300_000));
    await expect(read(await cache.get(KEY))).rejects.toThrow("replaced while it was read");
  });

  it("to a blob that is gone or shorter afterwards makes it unusable", async () => {
    const { server, cache } = await withBlob(blob);
    server.quirk("GET", cutAfter(blob, 300_000));
    server.quirk("GET", status(404));
    await expect(read(await cache.get(KEY))).rejects.toThrow("removed while it was read");
    server.quirk("GET", cutAfter(blob, 300_000));
    server.blobs.get(`team_a/${KEY}`)!.bytes = blob.subarray(0, 200_000);
    await expect(read(await cache.get(KEY))).rejects.toThrow("replaced while it was read");
  });

  it("leaves no file behind where blobs are signed", async () => {
    const variables = { TURBO_TOKEN: "the-token", TURBO_REMOTE_CACHE_SIGNATURE_KEY: "k".repeat(32) };
    const { server, cache, incoming } = await withBlob(blob, {}, variables);
    const tag = server.blobs.get(`team_a/${KEY}`)!.tag!;
    for (let index = 0; index < 4; index++) {
      server.quirk("GET", (_request, response) => {
        response.writeHead(200, { "content-length": blob.length, "x-artifact-tag": tag });
        response.write(blob.subarray(0, 400_000), () => response.destroy());
        return true;
      });
    }
    await expect(cache.get(KEY)).rejects.toThrow(CacheFault);
    expect(incoming()).toEqual([]);
  });
});

describe("a server that does not answer", () => {
  it("is waited for no longer than it was given", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"), { timeout: "150ms" });
    for (let index = 0; index < 4; index++) server.quirk("GET", () => true);
    await expect(cache.get(KEY)).rejects.toThrow("let too much time pass");
    expect(server.asked("GET")).toHaveLength(4);
  });

  it("within a blob is asked again for it", async () => {
    const blob = noise(900_000);
    const { server, cache } = await withBlob(blob, { timeout: "150ms" });
    server.quirk("GET", (_request, response) => {
      response.writeHead(200, { "content-length": blob.length });
      response.write(blob.subarray(0, 100_000));
      return true;
    });
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
  });

  it("but by a trickle is not waited for either", async () => {
    const blob = noise(900_000);
    const { server, cache } = await withBlob(blob, { timeout: "300ms" });
    let sent = 0;
    server.quirk("GET", (_request, response) => {
      response.writeHead(200, { "content-length": blob.length });
      const drip = setInterval(() => response.write(blob.subarray(sent, ++sent)), 20);
      response.on("close", () => clearInterval(drip));
      return true;
    });
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
    expect(sent).toBeLessThan(40);
  });

  it("that is not there is an error that says so", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { cache } = await connect({ url: `http://127.0.0.1:${String(port)}` });
    await expect(cache.get(KEY)).rejects.toThrow(`127.0.0.1:${String(port)}: the connection was refused`);
  });

  it("is waited for while a slow reader takes its time", async () => {
    const blob = noise(4 << 20);
    const { server, cache } = await withBlob(blob, { timeout: "150ms" });
    const chunks: Uint8Array[] = [];
    let slept = false;
    for await (const chunk of (await cache.get(KEY))!) {
      chunks.push(chunk);
      if (!slept) await new Promise((resolve) => setTimeout(resolve, 400));
      slept = true;
    }
    expect(await sumOf(chunks)).toBe(await sumOf([blob]));
    expect(server.asked("GET")).toHaveLength(1);
  });
});

describe("a server that sends us elsewhere", () => {
  it("is followed, without the token, and its signature counts", async () => {
    const variables = { TURBO_TOKEN: "the-token", TURBO_REMOTE_CACHE_SIGNATURE_KEY: "k".repeat(32) };
    const { server, cache } = await withBlob(Buffer.from("blob"), {}, variables);
    const store = await ProtocolServer.start();
    store.token = undefined;
    const kept = server.blobs.get(`team_a/${KEY}`)!;
    store.blobs.set(`team_a/${KEY}`, { bytes: kept.bytes, tag: undefined, duration: undefined });
    const location = `${store.url}/v8/artifacts/${KEY}?teamId=team_a`;
    server.quirk("GET", status(302, { location, "x-artifact-tag": kept.tag }));

    expect(await read(await cache.get(KEY))).toEqual(Buffer.from("blob"));
    expect(store.seen).toHaveLength(1);
    expect(store.seen[0]!.headers.authorization).toBeUndefined();
  });

  it("gets an upload once more where the redirect keeps the method, and no other", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    const location = `${server.url}/elsewhere/v8/artifacts/${KEY}?teamId=team_b`;
    server.quirk("PUT", status(307, { location }));
    await cache.put(KEY, new Blob(["moved"]), { took: 0 });
    expect(server.blobs.get(`team_b/${KEY}`)!.bytes.toString()).toBe("moved");

    server.quirk("PUT", status(302, { location }));
    await expect(cache.put(KEY, new Blob(["lost"]), { took: 0 })).rejects.toThrow("status 302");
  });

  it("for ever is an error", async () => {
    const { server, cache } = await withBlob(Buffer.from("blob"));
    for (let index = 0; index < 6; index++)
      server.quirk("GET", status(302, { location: `/v8/artifacts/${KEY}?teamId=team_a` }));
    await expect(cache.get(KEY)).rejects.toThrow("redirects without end");
  });
});

it("gives out what has come while the rest is on its way", async () => {
  const blob = noise(300_000);
  const { server, cache } = await withBlob(Buffer.from("blob"));
  let sendRest: () => void = () => undefined;
  server.quirk("GET", (_request, response) => {
    response.writeHead(200, { "content-length": blob.length });
    response.write(blob.subarray(0, 100_000));
    sendRest = () => response.end(blob.subarray(100_000));
    return true;
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await cache.get(KEY))!) {
    if (chunks.length === 0) sendRest();
    chunks.push(chunk);
  }
  expect(await sumOf(chunks)).toBe(await sumOf([blob]));
});
