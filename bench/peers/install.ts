import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cleanEnvironment } from "../lib/environment.ts";
import type { Peer, Program } from "./peer.ts";

const REPO = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** Where peers stay installed from one measurement to the next. */
export const PEER_CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice-bench");

/** Where a peer is. */
export interface Place {
  /** With its `node_modules`; empty for a program of the system. */
  readonly folder: string;
  /** The one that is really there. */
  readonly version: string;
  /** Folders with programs that it needs, beside those in PATH. */
  readonly path: readonly string[];
}

/**
 * Makes sure that a peer is there: npm packages in a folder of the cache, programs of the system as they are.
 *
 * @throws Error with the reason why it cannot be measured
 */
export async function install(peer: Peer): Promise<Place> {
  const needs = await Promise.all((peer.needs ?? []).map(findProgram));
  const path = needs.flatMap((need) => need.path);
  if (peer.program !== undefined) return { ...(await findProgram(peer.program)), folder: "" };
  const folder = join(PEER_CACHE, `${peer.name}@${peer.version}`);
  if (!existsSync(folder)) {
    await mkdir(PEER_CACHE, { recursive: true });
    const aside = await mkdtemp(join(PEER_CACHE, "new-"));
    try {
      await npmInstall(aside, peer.packages ?? {});
      await rename(aside, folder);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  return { folder, version: peer.version, path };
}

/** Packs the repository as it would be published and installs it in a folder as a user would. */
export async function installSluice(folder: string): Promise<void> {
  await mkdir(folder);
  await run(process.execPath, [join(REPO, "scripts/build.mjs"), "--js", "--if-stale"], { cwd: REPO });
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: REPO });
  const archive = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error("npm pack wrote no archive");
  const [zod, tsx] = await Promise.all(["zod", "tsx"].map(versionHere));
  await npmInstall(folder, { sluice: `file:./${archive}`, zod: zod ?? "", tsx: tsx ?? "" });
}

/** The version that this repository is developed with. */
async function versionHere(name: string): Promise<string> {
  const text = await readFile(join(REPO, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function npmInstall(folder: string, packages: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: packages }));
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];
  try {
    await run("npm", ["install", ...flags], { cwd: folder, env: cleanEnvironment() });
  } catch (error) {
    const text = (error as { stderr?: string }).stderr ?? String(error);
    const reason = text.split("\n").find((line) => /npm (error|ERR!) (?!A complete log)/.test(line));
    throw new Error(`cannot be installed: ${reason ?? text.slice(0, 200)}`, { cause: error });
  }
}

async function findProgram(program: Program): Promise<Omit<Place, "folder">> {
  const bin = join(PEER_CACHE, `debian-${program.debian}`, "usr/bin");
  const path = existsSync(join(bin, program.file)) ? [bin] : [];
  try {
    return { path, version: await versionOf(program, path) };
  } catch {
    await unpackDebian(program);
    return { path: [bin], version: await versionOf(program, [bin]) };
  }
}

async function versionOf(program: Program, path: readonly string[]): Promise<string> {
  const env = cleanEnvironment();
  const { stdout } = await run(program.file, program.args, { env: { ...env, PATH: withPath(path) } });
  return program.version.exec(stdout)?.[1] ?? "unknown";
}

/** A search path that begins with `folders`. */
export function withPath(folders: readonly string[]): string {
  return [...folders, cleanEnvironment()["PATH"] ?? ""].join(delimiter);
}

async function unpackDebian({ file, debian }: Program): Promise<void> {
  const folder = join(PEER_CACHE, `debian-${debian}`);
  await mkdir(folder, { recursive: true });
  try {
    await run("apt-get", ["-o", "APT::Sandbox::User=", "download", debian], { cwd: folder });
    const archive = (await readdir(folder)).find((name) => name.endsWith(".deb")) ?? "";
    await run("dpkg", ["-x", archive, "."], { cwd: folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`\`${file}\` is not on this machine, nor could Debian's package ${debian} be had`, {
      cause: error,
    });
  }
}
