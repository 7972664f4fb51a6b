import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { describe, expect, it } from "vitest";
import { openEnvelope, writeEnvelope } from "../../../../src/cache/folders/envelope.ts";
import { unpackFolder } from "../../../../src/cache/folders/unpack-folder.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

interface Entry {
  readonly path: string;
  readonly type?: string;
  readonly link?: string;
  readonly content?: string;
  readonly mode?: number;
  /** What the header says, where that is another thing. */
  readonly size?: number;
}

function archive(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", link = "", content = "", mode = 0o644, size }) => {
    const header = new Header({
      path,
      type: type as "File",
      linkpath: link,
      size: size ?? content.length,
      mode,
      mtime: new Date(0),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    padded.write(content);
    return [block, padded];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]));
}

async function unpack(entries: readonly Entry[], mostBytes = 1_000_000): Promise<string> {
  const folder = tempFolder();
  const packed = archive(entries);
  const digest = `sha256:${createHash("sha256").update(packed).digest("hex")}`;
  const line = writeEnvelope({ name: "npm", key: "k", digest, files: 1, bytes: 1 });
  const blob = new Blob([line, packed]).stream() as unknown as AsyncIterable<Uint8Array>;
  const draft = join(folder, "draft");
  await unpackFolder(await openEnvelope(blob, { name: "npm", key: "k" }), draft, mostBytes);
  return draft;
}

const link = (path: string, to: string): Entry => ({ path, type: "SymbolicLink", link: to });
const folder = (path: string): Entry => ({ path, type: "Directory", mode: 0o755 });
const file = (path: string): Entry => ({ path, content: "content" });

describe("an archive", () => {
  it.each<[string, readonly Entry[], RegExp]>([
    ["climbs out", [file("../evil")], /leads out/],
    ["climbs out on the way", [file("a/../../evil")], /leads out/],
    ["begins at the root", [file("/tmp/evil")], /leads out/],
    ["is named like a drive", [file("C:/evil")], /leads out/],
    ["has a backslash", [file("a\\..\\..\\evil")], /leads out/],
    ["links to the root", [link("a", "/etc")], /link that leads out/],
    ["links out", [link("a", "../x")], /link that leads out/],
    ["links out from below", [folder("d"), link("d/a", "../../x")], /link that leads out/],
    [
      "links out by a chain of links that each stay inside",
      [folder("x"), folder("a"), folder("a/b"), link("a/b/c", "../../x"), link("e", "a/b/c/../../..")],
      /link that leads out/,
    ],
    ["writes through a link", [folder("x"), link("a", "x"), file("a/file")], /written through a link/],
    ["replaces a link by a folder", [folder("x"), link("a", "x"), folder("a")], /there twice/],
    ["replaces a file by a link", [file("a"), link("a", "b")], /there twice/],
    [
      "links hard to what it does not hold",
      [{ path: "a", type: "Link", link: "../../etc/passwd" }],
      /second name/,
    ],
    ["links hard to a link", [link("b", "c"), { path: "a", type: "Link", link: "b" }], /second name/],
    ["holds a device", [{ path: "a", type: "CharacterDevice" }], /is a CharacterDevice/],
    ["holds a pipe", [{ path: "a", type: "FIFO" }], /is a FIFO/],
    [
      "is larger than is taken",
      [
        { path: "a", content: "x".repeat(600) },
        { path: "b", content: "x".repeat(600) },
      ],
      /more than the 1000/,
    ],
    ["says that it is larger than is taken", [{ path: "a", size: 2 ** 33 }], /more than the 1000/],
  ])("that %s is refused as a whole", async (_name, entries, message) => {
    await expect(unpack([file("before"), ...entries], 1_000)).rejects.toThrow(message);
  });

  it("that ends within a file is refused as a whole", async () => {
    await expect(unpack([{ path: "a", content: "x", size: 9_000 }])).rejects.toThrow(/cannot be unpacked/);
  });

  it("writes nothing outside of its folder", async () => {
    const base = tempFolder();
    mkdirSync(join(base, "inner"));
    writeFileSync(join(base, "inner", "keep"), "");
    await expect(unpack([link("up", "../inner"), file("up/evil")])).rejects.toThrow();
    expect(existsSync(join(base, "inner", "evil"))).toBe(false);
  });

  it("may hold links that stay in it, and gives nobody another's rights", async () => {
    const draft = await unpack([
      folder("a"),
      { path: "a/file", content: "content", mode: 0o4755 },
      link("a/up", "../b/"),
      folder("b"),
      link("same", "a/file"),
      { path: "hard", type: "Link", link: "a/file" },
    ]);
    expect(readdirSync(draft).sort()).toEqual(["a", "b", "hard", "same"]);
    expect(statSync(join(draft, "a/file")).mode & 0o7000).toBe(0);
  });
});
