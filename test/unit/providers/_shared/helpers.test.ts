import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkOptions,
  endOfToken,
  loadOptional,
  namespaceName,
  text,
  tokenFile,
} from "../../../../src/providers/_shared/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

describe("loadOptional", () => {
  it("names the package that is not installed, and how it is", async () => {
    // A name that the compiler cannot follow.
    const missing = "sluice-no-such-package";
    await expect(loadOptional("@acme/sdk", () => import(missing), "acme()")).rejects.toMatchObject({
      code: "DEPENDENCY_MISSING",
      message: "acme() needs the package @acme/sdk",
      hint: "Install it: npm install @acme/sdk",
    });
  });

  it("passes on what is wrong within a package", async () => {
    const broken = new Error("broken");
    await expect(loadOptional("x", () => Promise.reject(broken), "acme()")).rejects.toBe(broken);
    expect(await loadOptional("x", () => Promise.resolve(7), "acme()")).toBe(7);
  });
});

describe("checkOptions", () => {
  const rules = { name: text, namespace: namespaceName };

  it("tells all that is wrong at once", () => {
    expect(() =>
      checkOptions("acme", { name: " ", namespace: "Shop_1", naem: "x", toString: 1 }, rules, "Do it right."),
    ).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message:
          'acme(): name must be a text, not " "; namespace must be 1 to 63 lower-case letters, digits or "-", not "Shop_1"; there is no option naem: did you mean name?; there is no option toString, only name, namespace',
        hint: "Do it right.",
      }),
    );
    for (const options of [null, "x", []])
      expect(() => checkOptions("acme", options, rules, "")).toThrow("the options must be an object");
  });

  it("takes what is right or absent", () => {
    expect(() => checkOptions("acme", { name: "x", namespace: undefined }, rules, "")).not.toThrow();
    expect(() => checkOptions("acme", { namespace: "a".repeat(63) }, rules, "")).not.toThrow();
    for (const namespace of ["a".repeat(64), "-a", "a-", "a.b", "", 7])
      expect(() => checkOptions("acme", { namespace }, rules, "")).toThrow("namespace");
  });
});

describe("tokenFile", () => {
  const jwt = (exp: unknown): string => `x.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.y`;

  it("knows when a JSON Web Token ends", () => {
    expect(endOfToken(jwt(1_700_000_000))).toBe(1_700_000_000_000);
    for (const other of ["opaque", "a.b.c", jwt("soon"), ""]) expect(endOfToken(other)).toBeUndefined();
  });

  it("reads the file again once a minute at most, and on fresh", async () => {
    const folder = tempFolder();
    const file = join(folder, "token");
    let now = 0;
    const get = tokenFile(file, { now: () => now, hint: "Mount it." });
    await writeFile(file, `${jwt(9)}\n`);
    expect(await get()).toEqual({ token: jwt(9), expiresAt: 9_000 });
    await writeFile(file, "second");
    now += 59_999;
    expect(await get()).toMatchObject({ token: jwt(9) });
    now += 1;
    expect(await get()).toEqual({ token: "second" });
    await writeFile(file, "third");
    expect(await get()).toEqual({ token: "second" });
    expect(await get({ fresh: true })).toEqual({ token: "third" });
    await rm(file);
    now += 60_000;
    expect(await get()).toEqual({ token: "third" });
    await expect(get({ fresh: true })).rejects.toMatchObject({ code: "CLUSTER_DENIED", hint: "Mount it." });
  });

  it("refuses a file that is empty or not there", async () => {
    const folder = tempFolder();
    const get = tokenFile(join(folder, "token"), { now: Date.now, hint: "" });
    await expect(get()).rejects.toThrow(/token cannot be read \(ENOENT\)/);
    await writeFile(join(folder, "token"), " \n");
    await expect(get()).rejects.toThrow("is empty");
  });
});
