import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BINARIES } from "./cache.mjs";
import { runProgram } from "./run.mjs";

const CACHE = join(BINARIES, "go");
const SOURCES = join(import.meta.dirname, "..", "go");

/**
 * Builds a Go program of ours, a folder below `test/lab/go`, and gives the path of its binary, which is kept for as long
 * as its source stays the same. `env` is for the build; `main` is the program, where it is not the folder's own but one that
 * its `go.mod` has as a tool. Rejects where there is no Go, or it does not build.
 */
export async function goProgram(name, log = () => undefined, env = {}, main = ".") {
  const folder = join(SOURCES, name);
  const hash = createHash("sha256");
  for (const file of (await readdir(folder)).sort())
    hash.update(file).update(await readFile(join(folder, file)));
  const binary = join(CACHE, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  log(`building ${name}, which takes minutes the first time`);
  const draft = `${binary}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await runProgram("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", draft, main], {
    cwd: folder,
    env,
  });
  await rename(draft, binary);
  return binary;
}

/** Installs a program from its module, at one version, and gives the path of its binary. */
export async function goInstall(path, version, log = () => undefined) {
  const name = path.split("/").findLast((part) => !/^v\d+$/.test(part));
  const binary = join(CACHE, `${name}-${version}`, name);
  if (existsSync(binary)) return binary;
  log(`building ${name} ${version}`);
  const draft = `${dirname(binary)}.${process.pid}`;
  await runProgram("go", ["install", "-trimpath", "-ldflags", "-s -w", `${path}@${version}`], {
    env: { GOBIN: draft },
  });
  await rename(draft, dirname(binary)).catch(() => rm(draft, { recursive: true, force: true }));
  return binary;
}
