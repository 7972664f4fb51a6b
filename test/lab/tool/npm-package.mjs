import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BINARIES } from "./cache.mjs";
import { runProgram } from "./run.mjs";

/**
 * Installs a package with all that it needs, at one version, into the lab's own folder, outside of package.json. Gives the
 * folder of its `node_modules`.
 */
export async function npmPackage(name, version, log = () => undefined) {
  const folder = join(BINARIES, "npm", `${name.replace("/", "+")}-${version}`);
  const modules = join(folder, "node_modules");
  if (existsSync(modules)) return modules;
  log(`installing ${name} ${version}`);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await writeFile(join(draft, "package.json"), "{}");
    await runProgram("npm", ["install", "--no-audit", "--no-fund", "--no-save", `${name}@${version}`], {
      cwd: draft,
    });
    await rename(draft, folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return modules;
}
