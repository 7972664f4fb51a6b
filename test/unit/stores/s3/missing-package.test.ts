import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const TSX = new URL("../../../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
const LOAD = fileURLToPath(new URL("../../../../src/stores/s3/client/load.ts", import.meta.url));

/** Resolves as where the package is not installed, or where it is and something that it needs is not. */
function without(specifier: string): string {
  const hooks = `export async function resolve(specifier, context, next) {
    if (specifier === ${JSON.stringify(specifier)})
      throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: "ERR_MODULE_NOT_FOUND" });
    return next(specifier, context);
  }`;
  const program = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    const { loadClient } = await import(${JSON.stringify(LOAD)});
    await loadClient({}).then(() => console.log("loaded"), (error) => console.log(error.describe?.() ?? error));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", TSX, "--input-type=module", "--eval", program],
    { encoding: "utf8" },
  );
  return stdout === "" ? stderr : stdout;
}

describe("the SDK", () => {
  it("that is not installed is named, with what installs it", () => {
    const said = without("@aws-sdk/client-s3");
    expect(said).toContain("s3() needs the package @aws-sdk/client-s3 [DEPENDENCY_MISSING]");
    expect(said).toContain("npm install @aws-sdk/client-s3");
  });

  it("that is installed is loaded", () => {
    expect(without("another-package")).toContain("loaded");
  });
});
