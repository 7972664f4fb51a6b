import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CacheFault } from "../../../../src/cache/fault.ts";
import { hashOf } from "../../../../src/cache/remote/addresses.ts";
import { turborepo } from "../../../../src/cache/remote/turborepo.ts";
import { isSluiceError } from "../../../../src/errors/index.ts";
import { connect, env, noise, read, sumOf } from "./client.ts";
import { answer, ProtocolServer } from "./server.ts";

const KEY = `sha256:${"0123456789abcdef".repeat(4)}`;
const HASH = "0123456789abcdef".repeat(4);
const SIGNING = { TURBO_TOKEN: "the-token", TURBO_REMOTE_CACHE_SIGNATURE_KEY: "k".repeat(32) };

describe("a cache of the Turborepo protocol", () => {
  it("gives back what it was given", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url });
    const blob = noise(200_000);

    expect(await cache.has(KEY)).toBe(false);
    expect(await cache.get(KEY)).toBeUndefined();
    await cache.put(KEY, new Blob([blob]), { took: 1_234.6 });

    expect(await cache.has(KEY)).toBe(true);
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
  });

  it("asks as the protocol says", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: `${server.url}/api/`, slug: "web & more" });

    await cache.put(KEY, new Blob(["blob"]), { took: 1_234.6 });

    const [put] = server.asked("PUT");
    expect(put).toMatchObject({
      path: `/api/v8/artifacts/${HASH}`,
      headers: {
        authorization: "Bearer the-token",
        "content-type": "application/octet-stream",
        "content-length": "4",
        "x-artifact-duration": "1235",
      },
    });
    expect(Object.fromEntries(put!.query)).toEqual({ teamId: "team_a", slug: "web & more" });
    expect(server.seen[0]).toMatchObject({ method: "GET", path: "/api/v8/artifacts/status" });
  });

  it("finds everything in the variables that Turborepo knows", async () => {
    const server = await ProtocolServer.start();
    const variables = { ...SIGNING, TURBO_API: server.url, TURBO_TEAMID: "team_b", TURBO_TEAM: "b" };
    const cache = await turborepo().open({ root: "/", stateDir: "/", env: variables });

    await cache.put(KEY, new Blob(["blob"]), { took: 0 });

    const [put] = server.asked("PUT");
    expect(Object.fromEntries(put!.query)).toEqual({ teamId: "team_b", slug: "b" });
    expect(put!.headers).toMatchObject({ authorization: "Bearer the-token" });
    expect(put!.headers["x-artifact-tag"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it("tells the server what it found", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url });
    await cache.put(KEY, new Blob(["blob"]), { took: 70 });
    await read(await cache.get(KEY));
    await cache.get("another");

    await expect.poll(() => server.events).toHaveLength(2);

    expect(server.events).toEqual([
      { sessionId: expect.any(String), source: "REMOTE", event: "HIT", hash: HASH, duration: 70 },
      {
        sessionId: expect.any(String),
        source: "REMOTE",
        event: "MISS",
        hash: hashOf("another"),
        duration: 0,
      },
    ]);
  });

  it("makes a hash of any key, and another one of each", () => {
    expect(hashOf(HASH)).toBe(HASH);
    expect(hashOf("837db0065c55ccbd")).toBe("837db0065c55ccbd");
    const others = ["npm-linux", "npm-linux-", "sha256:short", "../../etc"].map(hashOf);
    for (const hash of others) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(others).size).toBe(4);
  });
});

describe("a read-only cache", () => {
  it("is never written to", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url, readOnly: true });
    await cache.put(KEY, new Blob(["blob"]), { took: 0 });
    expect(server.seen).toEqual([]);
    expect(cache.readOnly).toBe(true);
  });

  it("is what a cache becomes whose server lets nobody write, while reading goes on", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url });
    server.quirk("PUT", (_request, response) => {
      answer(response, 403, { error: { code: "forbidden", message: "readers only" } });
      return true;
    });

    await expect(cache.put(KEY, new Blob(["a"]), { took: 0 })).rejects.toThrow(
      /only read from.*"readers only"/,
    );
    await cache.put(KEY, new Blob(["a"]), { took: 0 });

    expect(server.asked("PUT")).toHaveLength(1);
    expect(await cache.get(KEY)).toBeUndefined();
  });
});

describe("signatures", () => {
  // That Turborepo itself reads and writes the same, the lab asks Turborepo: test/lab/turborepo.lab.test.ts.
  it("cover the words, the hash, the team and the blob, each after its length", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url }, SIGNING);
    await cache.put("00112233445566ff", new Blob(["blob"]), { took: 0 });

    const message = [
      "\x15\0\0\0\0\0\0\0artifact-signature:v2",
      "\x10\0\0\0\0\0\0\x0000112233445566ff",
      "\x06\0\0\0\0\0\0\0team_a",
      "\x04\0\0\0\0\0\0\0blob",
    ].join("");
    const tag = createHmac("sha256", "k".repeat(32)).update(message, "latin1").digest("base64");
    expect(server.asked("PUT")[0]!.headers["x-artifact-tag"]).toBe(tag);
  });

  it("let through what is signed with the key", async () => {
    const server = await ProtocolServer.start();
    const { cache, incoming } = await connect({ url: server.url }, SIGNING);
    const blob = noise(300_000);
    await cache.put(KEY, new Blob([blob]), { took: 0 });
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
    expect(incoming()).toEqual([]);
  });

  it.each([
    ["a blob with one bit flipped", (blob: Buffer) => ((blob[150_000]! ^= 1), blob)],
    ["a blob that was cut", (blob: Buffer) => blob.subarray(0, -1)],
    ["an empty one", () => Buffer.alloc(0)],
  ])("keep out %s, before a byte of it is seen", async (_name, damage) => {
    const server = await ProtocolServer.start();
    const { cache, incoming } = await connect({ url: server.url }, SIGNING);
    await cache.put(KEY, new Blob([noise(300_000)]), { took: 0 });
    const kept = server.blobs.get(`team_a/${HASH}`)!;
    kept.bytes = damage(kept.bytes);

    await expect(cache.get(KEY)).rejects.toThrow(CacheFault);
    expect(incoming()).toEqual([]);
  });

  it("keep out what has none, what another key has signed and what belongs to another team", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url }, SIGNING);
    const blob = new Blob(["blob"]);
    const unsigned = await connect({ url: server.url });
    const other = await connect(
      { url: server.url },
      { ...SIGNING, TURBO_REMOTE_CACHE_SIGNATURE_KEY: "other" },
    );
    const team = await connect({ url: server.url, teamId: "team_b" }, SIGNING);

    await unsigned.cache.put(KEY, blob, { took: 0 });
    await expect(cache.get(KEY)).rejects.toThrow("no signature");
    await other.cache.put(KEY, blob, { took: 0 });
    await expect(cache.get(KEY)).rejects.toThrow("does not fit");
    await team.cache.put(KEY, blob, { took: 0 });
    server.blobs.set(`team_a/${HASH}`, server.blobs.get(`team_b/${HASH}`)!);
    await expect(cache.get(KEY)).rejects.toThrow("does not fit");
  });

  it("cannot be carried over from fields that together read the same", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url }, SIGNING);
    const tag = createHmac("sha256", SIGNING.TURBO_REMOTE_CACHE_SIGNATURE_KEY)
      .update(`${HASH}team_ablob`)
      .digest("base64");
    server.blobs.set(`team_a/${HASH}`, { bytes: Buffer.from("blob"), tag, duration: "1" });
    await expect(cache.get(KEY)).rejects.toThrow("does not fit");
  });
});

describe("secrets of a cache", () => {
  it("are no part of what the definition holds", () => {
    const source = turborepo({
      url: "https://cache.example.com",
      token: env("TOK_1"),
      signatureKey: env("KEY_1"),
    });
    expect(inspect(source, { depth: 9, showHidden: true })).not.toMatch(/TOK_1|KEY_1|example/);
    expect(JSON.parse(JSON.stringify(source))).toEqual({ kind: "turborepo" });
  });

  it("are not shown by what has been opened", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect(
      { url: server.url, token: env("A"), signatureKey: env("B") },
      { A: "tok-123", B: "key-456" },
    );
    expect(inspect(cache, { depth: 9, showHidden: true }) + JSON.stringify(cache)).not.toMatch(
      /tok-123|key-456/,
    );
  });

  it("are taken out of what the server says", async () => {
    const server = await ProtocolServer.start();
    const { cache } = await connect({ url: server.url }, { TURBO_TOKEN: "wrong-token" });
    server.quirk("GET", (request, response) => {
      answer(response, 401, { message: `bad header: ${request.headers.authorization ?? ""}\u001b[31m` });
      return true;
    });
    const error = await cache.get(KEY).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error!.message).toBe(
      `${server.url}: status 401, it does not know the token, it says "bad header: Bearer *** [31m"`,
    );
    expect(inspect(error)).not.toContain("wrong-token");
  });

  it("that are missing are an error that names their place", async () => {
    await expect(connect({ url: "https://a.example", token: env("NOT_SET") }, {})).rejects.toThrow("NOT_SET");
  });
});

describe("options", () => {
  it.each([
    ["a token as text", { token: "tok-123" }, /not the place of a secret/],
    ["a key as text", { signatureKey: "tok-123" }, /not the place of a secret/],
    [
      "a password in the address",
      { url: "https://me:tok-123@cache.example.com" },
      /holds a name or a password/,
    ],
    ["a query in the address", { url: "https://cache.example.com?token=tok-123" }, /holds a \?/],
    ["no address", { url: "cache.example.com" }, /no http or https address/],
    ["an unknown option", { team: "a" }, /no option "team"/],
    ["an empty team", { teamId: "" }, /teamId is empty/],
    ["a timeout that is none", { timeout: "soon" }, /no length of time/],
  ])("refuse %s", (_name, options, message) => {
    let error: unknown;
    try {
      turborepo(options as object);
    } catch (caught) {
      error = caught;
    }
    expect(isSluiceError(error) && error.code).toBe("DEFINITION_INVALID");
    expect((error as Error).message).toMatch(message);
    expect(inspect(error)).not.toContain("tok-123");
  });
});
