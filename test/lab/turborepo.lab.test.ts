// needs: turborepo-server
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Folders } from "../../src/cache/folders/folders.ts";
import { folderKey } from "../../src/cache/folders/keys.ts";
import { hashOf } from "../../src/cache/remote/addresses.ts";
import { turborepo } from "../../src/cache/remote/turborepo.ts";
import { tempFolder } from "../fixtures/temp-folder.ts";
import { noise, sumOf } from "../unit/cache/remote/client.ts";
import { need } from "./lab.ts";
import { runCommand } from "./run-command.ts";
import { CacheServer, SIGNATURE_KEY, TOKEN } from "./turborepo/server.ts";

const KEY = `sha256:${"0123456789abcdef".repeat(4)}`;
const HASH = "0123456789abcdef".repeat(4);
const SIGNING = { TURBO_REMOTE_CACHE_SIGNATURE_KEY: SIGNATURE_KEY };

describe.skipIf(!need("turborepo-server").available)("a real server", () => {
  it.each([
    ["", false, {}],
    [", signed", true, SIGNING],
  ])("gives back what it was given%s", async (_name, signed, variables) => {
    const server = await CacheServer.start({ signed });
    const cache = await server.connect({}, variables);
    const blob = noise(3_000_000);
    expect(await cache.has(KEY)).toBe(false);
    expect(await cache.get(KEY)).toBeUndefined();
    await cache.put(KEY, new Blob([blob]), { took: 12 });
    expect(await cache.has(KEY)).toBe(true);
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([blob]));
    expect(existsSync(server.file(HASH))).toBe(true);
  });

  it("refuses a wrong token, keeps teams apart and wants one", async () => {
    const server = await CacheServer.start();
    const cache = await server.connect();
    await cache.put(KEY, new Blob(["blob"]), { took: 0 });

    const stranger = await server.connect({}, { TURBO_TOKEN: "wrong-token" });
    const error = await stranger.get(KEY).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toBe(
      `${server.url}: status 401, it does not know the token, it says "Invalid authorization token"`,
    );
    expect(await (await server.connect({ teamId: "team_other" })).get(KEY)).toBeUndefined();
    const teamless = turborepo({ url: server.url });
    const open = teamless.open({ root: "/", stateDir: "/", env: { TURBO_TOKEN: TOKEN } });
    await expect((await open).get(KEY)).rejects.toThrow(
      /status 400, .*a teamId or a slug, it says "querystring should have required property 'team'"/,
    );
  });

  it("that is down is an error, within the time of the attempts", async () => {
    const server = await CacheServer.start();
    const cache = await server.connect();
    await server.kill();
    const start = performance.now();
    await expect(cache.get(KEY)).rejects.toThrow("the connection was refused");
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("that is killed within an upload keeps nothing, and gets it again when it is back", async () => {
    const server = await CacheServer.start({ signed: true });
    const cache = await server.connect({}, SIGNING);
    const bytes = noise(20_000_000);
    await cache.put("aa".repeat(32), new Blob(["first"]), { took: 0 });

    await expect(cache.put(KEY, new HeldBlob(bytes, () => server.kill()), { took: 0 })).rejects.toThrow(
      "the connection was refused",
    );
    await server.run();
    expect(await cache.get(KEY)).toBeUndefined();

    const restart = async (): Promise<void> => {
      await server.kill();
      void server.run();
    };
    await cache.put(KEY, new HeldBlob(bytes, restart), { took: 0 });
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([bytes]));
  });

  it("that is killed within a download is asked again when it is back, and else the blob is not used", async () => {
    const server = await CacheServer.start();
    const cache = await server.connect();
    const bytes = noise(40_000_000);
    await cache.put(KEY, new Blob([bytes]), { took: 0 });

    const chunks: Uint8Array[] = [];
    for await (const chunk of (await cache.get(KEY))!) {
      if (chunks.length === 0) {
        await server.kill();
        void server.run();
      }
      chunks.push(chunk);
    }
    expect(await sumOf(chunks)).toBe(await sumOf([bytes]));

    const stream = (await cache.get(KEY))!;
    const broken = (async () => {
      let first = true;
      for await (const _ of stream) {
        if (first) await server.kill();
        first = false;
      }
    })();
    await expect(broken).rejects.toThrow("the connection was refused");
  });

  it("that stands still is not waited for, and used again when it goes on", async () => {
    const server = await CacheServer.start();
    const cache = await server.connect({ timeout: "300ms" });
    await cache.put(KEY, new Blob(["blob"]), { took: 0 });
    server.signal("SIGSTOP");
    const start = performance.now();
    await expect(cache.get(KEY)).rejects.toThrow("let too much time pass");
    expect(performance.now() - start).toBeLessThan(6_000);
    server.signal("SIGCONT");
    expect(await sumOf(await cache.get(KEY))).toBe(await sumOf([Buffer.from("blob")]));
  });

  it.each([
    ["cut", (file: string) => truncateSync(file, 1_000_000)],
    ["changed by one bit", flipBit],
  ])("whose blob was %s on its disk has none that counts", async (_name, damage) => {
    const server = await CacheServer.start({ signed: true });
    const stateDir = tempFolder();
    const cache = await server.connect({}, SIGNING, stateDir);
    await cache.put(KEY, new Blob([noise(3_000_000)]), { took: 0 });
    damage(server.file(HASH));
    await expect(cache.get(KEY)).rejects.toThrow("a signature that does not fit it");
    expect(readdirSync(join(stateDir, "cache", "incoming"))).toEqual([]);
  });

  it.each([
    ["cut", (file: string) => truncateSync(file, 1_000_000)],
    ["changed by one bit", flipBit],
  ])("whose folder was %s on its disk, unsigned, leaves ours empty and is said", async (_name, damage) => {
    const server = await CacheServer.start();
    const [a, b] = [await folders(server), await folders(server)];
    for (let index = 0; index < 30; index++)
      writeFileSync(join(a.folder, String(index)), noise(100_000, index));
    expect((await a.cached.send("npm", "npm-key")).key).toBe("npm-key");
    const file = server.file(hashOf(folderKey("npm", "npm-key")));
    const whole = readFileSync(file);
    damage(file);
    const answer = await b.cached.fetch("npm", ["npm-key", "npm-"]);
    expect(answer.key).toBeUndefined();
    expect(answer.warning).toMatch(/so it is not used; .*so it is not used$/);
    expect(readdirSync(b.folder)).toEqual([]);

    writeFileSync(file, whole);
    expect(await b.cached.fetch("npm", ["npm-other", "npm-"])).toMatchObject({ key: "npm-key" });
    expect(readdirSync(b.folder)).toHaveLength(30);
  });

  it.each([
    ["", false, {}],
    [", signed", true, SIGNING],
  ])("takes and gives 200 MB in flat memory%s", async (_name, signed, variables) => {
    const server = await CacheServer.start({ signed });
    const folder = tempFolder();
    const file = join(folder, "blob");
    writeFileSync(file, randomBytes(200_000_000));
    const script = fileURLToPath(new URL("turborepo/big-blob.ts", import.meta.url));
    const { stdout } = await runCommand(
      process.execPath,
      ["--import", "tsx", script, server.url, file, folder],
      {
        env: { PATH: process.env["PATH"], TURBO_TOKEN: TOKEN, ...variables },
      },
    );
    const { before, after, same } = JSON.parse(stdout) as { before: number; after: number; same: boolean };
    console.log(
      `200 MB sent and fetched${signed ? ", signed" : ""}: ${mb(before)} before, ${mb(after)} at most`,
    );
    expect(same).toBe(true);
    expect(after - before).toBeLessThan(100_000_000);
  });
});

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function flipBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

async function folders(server: CacheServer): Promise<{ cached: Folders; folder: string }> {
  const stateDir = tempFolder();
  const cached = new Folders(stateDir, () => server.connect({}, {}, stateDir));
  return { cached, folder: await cached.folder("npm") };
}

/** A blob that is signed and sent; when half of it has been sent, it waits for something else to happen, once. */
class HeldBlob extends Blob {
  readonly #bytes: Buffer;
  readonly #meanwhile: () => Promise<void>;
  #reads = 0;

  constructor(bytes: Buffer, meanwhile: () => Promise<void>) {
    super([bytes]);
    this.#bytes = bytes;
    this.#meanwhile = meanwhile;
  }

  override stream(): ReturnType<Blob["stream"]> {
    return this.#read(++this.#reads) as unknown as ReturnType<Blob["stream"]>;
  }

  async *#read(times: number): AsyncGenerator<Uint8Array, void> {
    const half = this.#bytes.length >> 1;
    for (let at = 0; at < this.#bytes.length; at += 65_536) {
      if (times === 2 && at <= half && half < at + 65_536) await this.#meanwhile();
      yield this.#bytes.subarray(at, at + 65_536);
    }
  }
}
