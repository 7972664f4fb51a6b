import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file } from "../../../src/secrets/index.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-secrets-"));
  await mkdir(join(root, "folder"));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

function resolve(path: string, signal = new AbortController().signal): Promise<string> {
  return file(path).resolve({ root, env: {}, signal });
}

async function written(content: string | Uint8Array): Promise<string> {
  await writeFile(join(root, "secret"), content);
  return resolve("secret");
}

describe("file", () => {
  it("is data that names the file", () => {
    expect(file("a/b")).toMatchObject({ kind: "secret-source", source: "file", with: "a/b" });
    expect(Object.isFrozen(file("a/b"))).toBe(true);
  });

  it("gives the text without one line end", async () => {
    expect(await written("value")).toBe("value");
    expect(await written("value\n")).toBe("value");
    expect(await written("value\r\n")).toBe("value");
    expect(await written(" a\nb \n\n")).toBe(" a\nb \n");
    expect(await written("\ufeffé😀\n")).toBe("\ufeffé😀");
  });

  it("takes an absolute path as it is", async () => {
    await writeFile(join(root, "secret"), "value");
    expect(await resolve(join(root, "secret"))).toBe("value");
  });

  it.each([
    ["empty", ""],
    ["empty but for a line end", "\n"],
    ["no text", new Uint8Array([0xff, 0xfe, 0x41])],
    ["too large", "x".repeat((1 << 20) + 1)],
  ])("refuses a file that is %s", async (_, content) => {
    const error: unknown = await written(content).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "SECRET_MISSING",
      message: expect.stringContaining('"secret"') as string,
    });
    expect((error as { hint?: string }).hint).toBeTruthy();
  });

  it.each([
    ["missing", "nowhere/secret", "does not exist"],
    ["a folder", "folder", "is a folder"],
  ])("refuses a path that is %s", async (_, path, problem) => {
    await expect(resolve(path)).rejects.toMatchObject({
      code: "SECRET_MISSING",
      message: `the secret's file "${path}" ${problem}`,
      hint: expect.stringContaining(path === "folder" ? "file" : join(root, path)) as string,
    });
  });

  it.runIf(process.getuid?.() !== 0)("refuses a file that may not be read", async () => {
    await writeFile(join(root, "closed"), "value", { mode: 0o000 });
    await expect(resolve("closed")).rejects.toMatchObject({
      message: expect.stringContaining("may not be read") as string,
    });
  });

  it("stops when the run does", async () => {
    const reason = new Error("stop");
    await expect(resolve("secret", AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it.each(["", "a\0b"])("takes no path like %j", (path) => {
    expect(() => file(path)).toThrow(expect.objectContaining({ code: "DEFINITION_INVALID" }) as Error);
  });
});
