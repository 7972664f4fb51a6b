import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../../../src/cache/remote/addresses.ts";
import { Folders } from "../../../../src/cache/folders/folders.ts";
import { folderKey, pointerKey, prefixesOf } from "../../../../src/cache/folders/keys.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";
import { connect, noise } from "../remote/client.ts";
import { ProtocolServer, type KeptBlob } from "../remote/server.ts";

const KEY = "npm-linux-x64-abc";

/** A machine with a state folder of its own, and the same remote cache as the others. */
async function machine(
  server: ProtocolServer,
  options: { mostBytes?: number; stateDir?: string; readOnly?: boolean } = {},
) {
  const { stateDir = tempFolder(), mostBytes, readOnly = false } = options;
  const { cache } = await connect({ url: server.url, readOnly, timeout: "2s" }, undefined, stateDir);
  const folders = new Folders(stateDir, () => Promise.resolve(cache), mostBytes);
  return { folders, folder: await folders.folder("npm"), root: join(stateDir, "cache", "folders") };
}

function blobOf(server: ProtocolServer, key = KEY, name = "npm"): KeptBlob {
  return server.blobs.get(`team_a/${hashOf(folderKey(name, key))}`)!;
}

function draftsIn(root: string): string[] {
  return existsSync(join(root, ".drafts")) ? readdirSync(join(root, ".drafts")) : [];
}

describe("a folder", () => {
  it("comes to another machine as it is on the first", async () => {
    const server = await ProtocolServer.start();
    const a = await machine(server);
    mkdirSync(join(a.folder, "deep", "empty"), { recursive: true });
    mkdirSync(join(a.folder, "@scope"));
    writeFileSync(join(a.folder, "deep", "Größe 測試 ".repeat(9)), noise(70_000));
    writeFileSync(join(a.folder, "@scope", "run"), "#!/bin/sh\n");
    chmodSync(join(a.folder, "@scope", "run"), 0o755);
    linkSync(join(a.folder, "@scope", "run"), join(a.folder, "deep", "same"));
    symlinkSync("../@scope/run", join(a.folder, "deep", "link"));
    symlinkSync("deep", join(a.folder, "folder-link"));
    writeFileSync(join(a.folder, "none"), "");

    expect(await a.folders.send("npm", KEY)).toMatchObject({
      key: KEY,
      note: expect.stringContaining("70.0 kB in 4 files"),
    });
    const b = await machine(server);
    const answer = await b.folders.fetch("npm", [KEY]);

    expect(answer).toEqual({ key: KEY, note: `70.0 kB in 4 files from ${server.url}` });
    expect(execFileSync("diff", ["-r", "--no-dereference", a.folder, b.folder]).toString()).toBe("");
    expect(statSync(join(b.folder, "@scope", "run")).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(b.folder, "deep", "link"))).toBe("../@scope/run");
    expect(readdirSync(join(b.root, ".drafts"))).toEqual([]);
  });

  it("is found by a prefix: the one that was sent last", async () => {
    const server = await ProtocolServer.start();
    for (const key of ["npm-linux-x64-old", "npm-linux-x64-new", "npm-mac-arm64-other"]) {
      const { folder, folders } = await machine(server);
      writeFileSync(join(folder, key), "");
      await folders.send("npm", key);
    }
    const { folders, folder } = await machine(server);

    const answer = await folders.fetch("npm", ["npm-linux-x64-newest", "npm-linux-riscv-", "npm-linux-x64-"]);

    expect(answer.key).toBe("npm-linux-x64-new");
    expect(readdirSync(folder)).toEqual(["npm-linux-x64-new"]);
    expect(prefixesOf("npm-linux-x64-a")).toEqual(["npm-linux-x64-", "npm-linux-", "npm-"]);
  });

  it("that has something in it is left alone, and says whether it was filled for a key", async () => {
    const server = await ProtocolServer.start();
    const a = await machine(server);
    writeFileSync(join(a.folder, "file"), "12345");
    expect(await a.folders.fetch("npm", [KEY])).toEqual({
      note: "5 B in 1 file from an earlier run on this machine",
    });
    await a.folders.send("npm", KEY);
    const asked = server.seen.length;

    expect(await a.folders.fetch("npm", ["npm-linux-x64-other", KEY])).toMatchObject({ key: KEY });
    expect(await a.folders.send("npm", KEY)).toEqual({ note: `sent to ${server.url} before` });
    expect(server.seen).toHaveLength(asked);
  });

  it("is not sent twice by two machines", async () => {
    const server = await ProtocolServer.start();
    for (const note of [/packed, to http/, /^at http:.* already$/]) {
      const { folder, folders } = await machine(server);
      writeFileSync(join(folder, "file"), "12345");
      expect((await folders.send("npm", KEY)).note).toMatch(note);
    }
    expect(
      server.asked("PUT").filter(({ path }) => path.endsWith(hashOf(folderKey("npm", KEY)))),
    ).toHaveLength(1);
  });

  it("stays on this machine where there is no remote cache, or one that is only read from", async () => {
    const alone = new Folders(tempFolder());
    const folder = await alone.folder("npm");
    expect(await alone.fetch("npm", [KEY])).toEqual({ note: "empty, and there is no remote cache" });
    expect(await alone.send("npm", KEY)).toEqual({ note: "empty, so there is nothing to send" });
    writeFileSync(join(folder, "file"), "");
    expect(await alone.send("npm", KEY)).toEqual({
      note: "kept on this machine alone: there is no remote cache",
    });
    expect(await alone.fetch("npm", [KEY])).toMatchObject({ key: KEY });

    const server = await ProtocolServer.start();
    const reader = await machine(server, { readOnly: true });
    writeFileSync(join(reader.folder, "file"), "");
    expect((await reader.folders.send("npm", KEY)).note).toMatch(/is only read from/);
    expect(server.asked("PUT")).toEqual([]);
  });

  it("belongs to one name", async () => {
    const server = await ProtocolServer.start();
    const a = await machine(server);
    writeFileSync(join(a.folder, "file"), "");
    await a.folders.send("npm", KEY);
    server.blobs.set(`team_a/${hashOf(folderKey("pip", KEY))}`, blobOf(server));

    const answer = await a.folders.fetch("pip", [KEY]);

    expect(answer.key).toBeUndefined();
    expect(answer.warning).toMatch(/that of npm under npm-linux-x64-abc, so it is not used/);
    await expect(a.folders.folder("../up")).rejects.toThrow("no name for a folder");
    await expect(a.folders.folder(".drafts")).rejects.toThrow("no name for a folder");
  });

  it("is filled by one of two processes, as a whole", async () => {
    const server = await ProtocolServer.start();
    const a = await machine(server);
    for (let index = 0; index < 20; index++)
      writeFileSync(join(a.folder, String(index)), noise(50_000, index));
    await a.folders.send("npm", KEY);
    const stateDir = tempFolder();
    const [one, two] = [await machine(server, { stateDir }), await machine(server, { stateDir })];

    const answers = await Promise.all([one.folders.fetch("npm", [KEY]), two.folders.fetch("npm", [KEY])]);

    expect(answers.map(({ key, note }) => key ?? note).sort()).toEqual([
      "filled by another process meanwhile",
      KEY,
    ]);
    expect(execFileSync("diff", ["-r", a.folder, one.folder]).toString()).toBe("");
    expect(readdirSync(join(one.root, ".drafts"))).toEqual([]);
  });
});

describe("a folder that cannot be had as it was", () => {
  async function sent(server: ProtocolServer): Promise<void> {
    const { folder, folders } = await machine(server);
    for (let index = 0; index < 10; index++) writeFileSync(join(folder, String(index)), noise(60_000, index));
    await folders.send("npm", KEY);
  }

  it.each([
    ["is cut", (blob: Buffer) => blob.subarray(0, blob.length >> 1)],
    ["lacks its end", (blob: Buffer) => blob.subarray(0, -1)],
    ["has one bit flipped", (blob: Buffer) => ((blob[blob.length >> 1]! ^= 4), blob)],
    ["has more behind it", (blob: Buffer) => Buffer.concat([blob, Buffer.from("more")])],
    ["is empty", () => Buffer.alloc(0)],
    ["is something else", () => noise(50_000)],
    [
      "is of a later format",
      (blob: Buffer) => Buffer.from(blob.toString("latin1").replace("folder/1", "folder/2"), "latin1"),
    ],
  ])("because it %s is a miss that says so, and leaves the folder empty", async (_name, damage) => {
    const server = await ProtocolServer.start();
    await sent(server);
    blobOf(server).bytes = damage(Buffer.from(blobOf(server).bytes));
    const { folders, folder, root } = await machine(server);

    const answer = await folders.fetch("npm", [KEY, "npm-other-"]);

    expect(answer.key).toBeUndefined();
    expect(answer.note).toBe(`nothing at ${server.url}`);
    expect(answer.warning).toMatch(/so it is not used$/);
    expect(readdirSync(folder)).toEqual([]);
    expect(draftsIn(root)).toEqual([]);
  });

  it("because the server is gone is a warning", async () => {
    const server = await ProtocolServer.start();
    const { folders, folder } = await machine(server);
    await server.stop();
    expect(await folders.fetch("npm", [KEY])).toEqual({
      note: "not fetched",
      warning: expect.stringContaining("the connection was refused") as string,
    });
    writeFileSync(join(folder, "file"), "");
    expect((await folders.send("npm", KEY)).warning).toContain("could not be sent");
    expect(await folders.fetch("npm", [KEY])).toMatchObject({ key: KEY });
  });

  it("because it is too large is not sent and not taken", async () => {
    const server = await ProtocolServer.start();
    await sent(server);
    const small = await machine(server, { mostBytes: 500_000 });
    expect((await small.folders.fetch("npm", [KEY])).warning).toMatch(/more than the 500000 bytes/);
    writeFileSync(join(small.folder, "file"), noise(500_001));
    expect((await small.folders.send("npm", "npm-big")).warning).toMatch(/more than the 500000 bytes/);
    expect(draftsIn(small.root)).toEqual([]);
    expect(blobOf(server, "npm-big")).toBeUndefined();
  });

  it("because what a prefix points to has another one is a miss that says so", async () => {
    const server = await ProtocolServer.start();
    await sent(server);
    const pointer = server.blobs.get(`team_a/${hashOf(pointerKey("npm", "npm-linux-"))}`)!;
    const { folders } = await machine(server);
    for (const bytes of ["npm-mac-x64-abc", "", "x".repeat(9_000), "npm-linux-\n"]) {
      pointer.bytes = Buffer.from(bytes);
      const answer = await folders.fetch("npm", ["npm-linux-"]);
      expect(answer).toMatchObject({ note: `nothing at ${server.url}`, warning: expect.any(String) });
    }
  });

  it(
    "because the process was killed on the way leaves it empty, and nothing behind for long",
    { timeout: 60_000 },
    async () => {
      const server = await ProtocolServer.start();
      await sent(server);
      const { bytes } = blobOf(server);
      let halfway: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (halfway = resolve));
      server.quirk("GET", (_request, response) => {
        response.writeHead(200, { "content-length": bytes.length });
        response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(halfway, 200));
        return true;
      });
      const stateDir = tempFolder();
      const script = fileURLToPath(new URL("./fetch-one.ts", import.meta.url));
      const child = spawn(process.execPath, ["--import", "tsx", script, stateDir, server.url, KEY], {
        stdio: "inherit",
      });
      const drafts = join(stateDir, "cache", "folders", ".drafts");
      await reached;
      await expect.poll(() => readdirSync(drafts).length, { timeout: 10_000 }).toBe(1);
      child.kill("SIGKILL");
      await once(child, "exit");

      const { folders, folder } = await machine(server, { stateDir });
      expect(readdirSync(folder)).toEqual([]);
      expect(readdirSync(drafts)).toHaveLength(1);
      expect(await folders.fetch("npm", [KEY])).toMatchObject({ key: KEY });
      expect(readdirSync(drafts)).toEqual([]);
      expect(readdirSync(folder)).toHaveLength(10);
    },
  );

  it("because it holds a link that leads out of it is not sent", async () => {
    const server = await ProtocolServer.start();
    const { folder, folders, root } = await machine(server);
    symlinkSync("/etc/hostname", join(folder, "absolute"));
    expect((await folders.send("npm", KEY)).warning).toMatch(/"absolute", a link that leads out of it/);
    expect(server.asked("PUT")).toEqual([]);
    expect(draftsIn(root)).toEqual([]);
  });
});
