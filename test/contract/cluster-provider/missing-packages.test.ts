import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { aks } from "../../../src/providers/aks/index.ts";
import { eks } from "../../../src/providers/eks/index.ts";
import { gke } from "../../../src/providers/gke/index.ts";
import type { ClusterProvider } from "../../../src/ports/index.ts";

const TSX = new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
const SOURCE = fileURLToPath(new URL("../../../src/providers/", import.meta.url));

const MADE: readonly (readonly [string, ClusterProvider, string])[] = [
  ["eks", eks({ cluster: "prod", region: "eu-west-1" }), '{ cluster: "prod", region: "eu-west-1" }'],
  [
    "aks",
    aks({ subscription: "00000000-1111-2222-3333-444444444444", resourceGroup: "web", cluster: "prod" }),
    '{ subscription: "00000000-1111-2222-3333-444444444444", resourceGroup: "web", cluster: "prod" }',
  ],
  [
    "gke",
    gke({ project: "acme-web", location: "europe-west1", cluster: "prod" }),
    '{ project: "acme-web", location: "europe-west1", cluster: "prod" }',
  ],
];

/** What `connect` says where none of the packages that the provider needs are installed. */
function withoutPackages(kind: string, options: string, packages: readonly string[]): string {
  const hooks = `export async function resolve(specifier, context, next) {
    if (${JSON.stringify(packages)}.includes(specifier))
      throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: "ERR_MODULE_NOT_FOUND" });
    return next(specifier, context);
  }`;
  const program = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    const { ${kind} } = await import(${JSON.stringify(`${SOURCE}${kind}/index.ts`)});
    const context = { env: {}, root: "/", signal: new AbortController().signal, now: Date.now };
    await ${kind}(${options}).connect(context).catch((error) => console.log(error.describe?.() ?? error));
  `;
  const args = ["--import", TSX, "--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return stdout === "" ? stderr : stdout;
}

describe("a provider whose packages are not installed", () => {
  it.each(MADE)("can be made, and %s() says in its first call what to install", (kind, provider, options) => {
    const names = provider.needs.map((need) => need.name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const said = withoutPackages(kind, options, [name]);
      expect(said).toContain(`${kind}() needs the package ${name} [DEPENDENCY_MISSING]`);
      expect(said).toContain(`npm install ${name}`);
    }
  });
});
