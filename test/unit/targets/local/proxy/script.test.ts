import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proxyScript } from "../../../../../src/targets/local/proxy/script.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-script-"));
  await mkdir(join(folder, "node_modules", "sluice", "dist", "targets", "local"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{"name": "user"}');
  await writeFile(join(folder, "node_modules", "sluice", "package.json"), '{"name": "sluice"}');
});
afterEach(() => rm(folder, { recursive: true }));

const dist = (...parts: readonly string[]): string =>
  join(folder, "node_modules", "sluice", "dist", ...parts);
const url = (file: string): string => pathToFileURL(file).href;

describe("proxyScript", () => {
  it("finds the built script from any chunk of the package", async () => {
    const script = dist("targets", "local", "proxy-main.js");
    await writeFile(script, "");
    expect(proxyScript(url(dist("chunk-ABCD.js")))).toEqual([script]);
    expect(proxyScript(url(dist("local.js")))).toEqual([script]);
  });

  it("runs the source when the package runs from its sources", () => {
    const [flag, loader, source] = proxyScript();
    expect(flag).toBe("--import");
    expect(loader).toMatch(/^file:.*tsx/);
    expect(source).toMatch(/src\/targets\/local\/proxy-main\.ts$/);
  });

  it("says what to do where the package was bundled into something else", () => {
    expect(() => proxyScript(url(join(folder, "bundle.js")))).toThrow(
      expect.objectContaining({ code: "DEPENDENCY_MISSING" }),
    );
    expect(() => proxyScript(url(dist("local.js")))).toThrow("proxy script is not where the package has it");
  });
});
