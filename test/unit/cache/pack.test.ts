import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { describe, expect, it } from "vitest";
import { keyOf } from "../../../src/cache/key/facts.ts";
import { packEntry, peekEntry, unpackEntry } from "../../../src/cache/pack.ts";
import { contentName, manifestName } from "../../../src/cache/results/layout.ts";
import { encodeManifest, type Manifest } from "../../../src/cache/results/manifest.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { chunksOf } from "./support.ts";

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const ingredients = { version: "1", node: "a/b" };
const key = keyOf(ingredients);
const content = "built";

const manifest: Manifest = {
  version: 1,
  key,
  ingredients,
  node: "a/b",
  run: "run-1",
  at: 1,
  took: 2,
  output: { ok: true },
  artifacts: [
    {
      name: "dist",
      digest: digestOf("list"),
      path: "dist/a.js",
      size: content.length,
      files: [{ path: "dist/a.js", digest: digestOf(content), size: content.length, executable: false }],
    },
  ],
  log: { digest: digestOf("log"), size: 3 },
};

interface Member {
  readonly path: string;
  readonly text?: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory";
  readonly linkpath?: string;
  readonly size?: number;
}

/** An archive as somebody might make it who means harm. */
function archive(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ path, text = "", type = "File", linkpath, size }) => {
    const bytes = Buffer.from(text);
    const header = new Header({
      path,
      type,
      size: size ?? bytes.length,
      mode: 0o644,
      linkpath: linkpath ?? "",
    });
    const block = Buffer.alloc(512);
    header.encode(block);
    return [block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const head: Member = { path: manifestName(key), text: encodeManifest(manifest) };
const app: Member = { path: contentName(digestOf(content)), text: content };
const log: Member = { path: contentName(digestOf("log")), text: "log" };

describe("an entry", () => {
  it("comes out as it went in", async () => {
    const folder = tempFolder();
    for (const { path, text = "" } of [head, app, log]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const packed = await packEntry(folder, manifest);
    const bytes = Buffer.from(await packed.blob.arrayBuffer());
    await packed.remove();
    expect(readdirSync(folder).sort()).toEqual(["content", "entries"]);
    const to = tempFolder();
    const unpacked = await unpackEntry(chunksOf(bytes), key, to);
    expect(unpacked.manifest).toEqual(manifest);
    expect([...unpacked.files].map(([digest, file]) => [digest, readFileSync(file, "utf8")])).toEqual([
      [digestOf(content), content],
      [digestOf("log"), "log"],
    ]);
    await unpacked.remove();
    expect(readdirSync(to)).toEqual([]);
    expect(await peekEntry(chunksOf(bytes), key)).toEqual(manifest);
  });

  it.each<[string, readonly Member[], RegExp]>([
    ["that lacks a content", [head, app], /lacks 1 of its contents/],
    ["that is empty", [], /cannot be unpacked|no manifest/],
    ["without a manifest", [app, head, log], /begins with/],
    ["of another key", [{ ...head, path: manifestName("0".repeat(64)) }], /begins with/],
    ["with a manifest that is damaged", [{ ...head, text: `${head.text ?? ""} ` }], /is damaged/],
    [
      "that was made from something else",
      [{ ...head, text: encodeManifest({ ...manifest, ingredients: { version: "2" } }) }],
      /made from something else/,
    ],
    [
      "with a manifest that makes no sense",
      [{ ...head, text: encodeManifest({ ...manifest, took: -1 }) }],
      /took must be/,
    ],
    ["with another content", [head, { ...app, text: "other" }, log], /with another content/],
    ["with a content twice", [head, app, app, log], /does not name/],
    ["with a file that nobody named", [head, { path: "content/aa/extra", text: "x" }], /does not name/],
    ["that leaves its folder", [head, { path: `../../${app.path}`, text: content }], /does not name/],
    ["with an absolute path", [head, { path: `/tmp/${app.path}`, text: content }], /does not name/],
    [
      "with a link",
      [head, { path: app.path, type: "SymbolicLink", linkpath: "/etc/passwd" }],
      /holds a SymbolicLink/,
    ],
    ["with a hard link", [head, { path: app.path, type: "Link", linkpath: "/etc/passwd" }], /holds a Link/],
    ["with a folder", [head, { path: "content", type: "Directory" }], /holds a Directory/],
    ["larger than it says", [head, { ...app, text: `${content}${"0".repeat(4096)}` }, log], /another size/],
    [
      "that says to be larger than anything",
      [
        {
          ...head,
          text: encodeManifest({ ...manifest, log: { digest: digestOf("log"), size: 2 ** 40 } }),
        },
      ],
      /more than the/,
    ],
    ["with a huge manifest", [{ path: manifestName(key), size: 2 ** 30 }], /manifest of 1073741824 bytes/],
  ])("%s is refused, and leaves nothing behind", async (_what, members, problem) => {
    const to = tempFolder();
    await expect(unpackEntry(chunksOf(archive(members)), key, to)).rejects.toThrow(problem);
    expect(readdirSync(to)).toEqual([]);
    expect(existsSync("/tmp/content")).toBe(false);
  });

  it("that is cut, or no archive at all, is refused", async () => {
    const whole = archive([head, app, log]);
    for (const bytes of [whole.subarray(0, whole.length - 30), Buffer.from("not found"), gzipSync("text")]) {
      const to = tempFolder();
      await expect(unpackEntry(chunksOf(bytes), key, to)).rejects.toThrow(
        /cannot be unpacked|no manifest|lacks/,
      );
      expect(readdirSync(to)).toEqual([]);
    }
  });

  it("that unpacks to far more than it has is given up early", async () => {
    const bomb = gzipSync(Buffer.alloc(256 << 20));
    await expect(unpackEntry(chunksOf(bomb), key, tempFolder())).rejects.toThrow(/unpacks to more/);
  });
});
