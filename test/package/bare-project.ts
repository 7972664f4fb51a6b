import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "../../scripts/build.mjs";

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A user's project that has this package, as npm packs it, and what it depends on, and nothing else. */
export interface BareProject {
  readonly folder: string;
  /** Of the packed package, relative to its folder. */
  readonly files: readonly string[];
  write(file: string, text: string): Promise<void>;
  node(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** Makes one without the network: dependencies are links to the packages installed here. */
export async function createBareProject(links: readonly string[] = []): Promise<BareProject> {
  await build({ ifStale: true });
  const folder = await mkdtemp(join(tmpdir(), "sluice-package-"));
  const files = await packedFiles();
  const home = join(folder, "node_modules", "sluice");
  for (const file of files) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await cp(join(ROOT, file), join(home, file));
  }
  for (const name of [...(await dependencies()), ...links]) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), link, "junction");
  }
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module" }),
  );
  return {
    folder,
    files,
    write: (file, text) => writeFile(join(folder, file), text),
    node: (args, env = {}) =>
      run(process.execPath, args, { cwd: folder, env: { PATH: process.env["PATH"], ...env } }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function packedFiles(): Promise<string[]> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
    cwd: ROOT,
    shell: process.platform === "win32",
  });
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path).sort();
}

/** What stands at the top of `node_modules` after an installation for production. */
async function dependencies(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  const lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const locked = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);
  const transitive = locked
    .map(([path]) => path.replace(/^node_modules\//, ""))
    .filter((path) => !path.includes("node_modules/"));
  return [
    ...new Set([
      ...transitive,
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.peerDependencies),
    ]),
  ];
}
