/**
 * Builds `dist`: `node scripts/build.mjs [--js] [--if-stale]`. `--js` leaves out the types, which take most of the time;
 * with `--if-stale` it does nothing where `dist` was made from the same content. New files are made aside and moved in
 * one by one, so that a process which runs from `dist` meanwhile goes on; a second build in the same folder waits for
 * the first.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { ENTRIES, outputOf, PROGRAMS } from "./entries.mjs";
import { CACHE, hasTool, ROOT, seconds } from "./lib.mjs";

const DIST = join(ROOT, "dist");
const LOCK = join(CACHE, "build-lock");
const INPUTS = [
  "package.json",
  "tsconfig.json",
  "tsup.config.ts",
  "scripts/entries.mjs",
  "scripts/build.mjs",
  "scripts/link.mjs",
];

const entries = Object.keys(ENTRIES).map(outputOf);
const FILES = {
  js: [...entries, ...Object.keys(PROGRAMS)].map((name) => `${name}.js`),
  types: entries.map((name) => `${name}.d.ts`),
};
/** What package.json names in `bin`. */
const COMMANDS = ["bin.js"];
const SUFFIX = { js: ".js", types: ".d.ts" };

/** Builds `dist`, or its JavaScript only, and resolves to whether there was anything to do. */
export async function build({ ifStale = false, types = true } = {}) {
  const wanted = types ? ["js", "types"] : ["js"];
  const stale = (stamp) =>
    Promise.all(wanted.map(async (kind) => ((await isFresh(kind, stamp)) ? [] : [kind])));
  const todo = async (stamp) => (ifStale ? (await stale(stamp)).flat() : wanted);

  await mkdir(CACHE, { recursive: true });
  await linkSelf();
  if ((await todo(await fingerprint())).length === 0) return false;
  await acquire();
  try {
    const stamp = await fingerprint();
    const kinds = await todo(stamp);
    await Promise.all(kinds.map((kind) => make(kind, stamp)));
    return kinds.length > 0;
  } finally {
    await rm(LOCK, { force: true });
  }
}

/**
 * A file of this repository finds `sluice` by the package's own name, but not below another package.json, as some
 * examples have. There it finds this link, as a user's file finds the installed package.
 */
async function linkSelf() {
  const link = join(ROOT, "node_modules", "sluice");
  await symlink(process.platform === "win32" ? ROOT : "..", link, "junction").catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function make(kind, stamp) {
  const { build: tsup } = await import("tsup");
  const made = join(CACHE, `${kind}-${process.pid}`);
  const linked = `${made}-linked`;
  const aside = kind === "js" ? linked : made;
  await rm(stampOf(kind), { force: true });
  await forget(made, linked);
  try {
    await tsup({ name: kind, config: join(ROOT, "tsup.config.ts"), outDir: made, silent: true });
    if (kind === "js") {
      const { link } = await import("./link.mjs");
      await link(made, linked);
      for (const file of COMMANDS) await makeCommand(join(linked, file));
    }
    const files = await filesBelow(aside);
    for (const file of files) {
      await mkdir(dirname(join(DIST, file)), { recursive: true });
      await rename(join(aside, file), join(DIST, file));
    }
    const old = (await filesBelow(DIST)).filter(
      (file) => file.endsWith(SUFFIX[kind]) && !files.includes(file),
    );
    for (const file of old) await rm(join(DIST, file), { force: true });
    await writeFile(stampOf(kind), stamp);
  } finally {
    await forget(made, linked);
  }
}

async function forget(...folders) {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

/** A shell that starts the file learns from its first line what runs it. */
async function makeCommand(file) {
  const text = await readFile(file, "utf8");
  if (!text.startsWith("#!")) await writeFile(file, `#!/usr/bin/env node\n${text}`);
  await chmod(file, 0o755);
}

async function isFresh(kind, stamp) {
  if (FILES[kind].some((file) => !existsSync(join(DIST, file)))) return false;
  return (await readFile(stampOf(kind), "utf8").catch(() => "")) === stamp;
}

function stampOf(kind) {
  return join(CACHE, `${kind}-stamp`);
}

async function fingerprint() {
  const hash = createHash("sha256");
  const sources = (await filesBelow(join(ROOT, "src"))).map((file) => `src/${file}`);
  for (const file of [...INPUTS, ...sources])
    hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
  return hash.digest("hex");
}

/** Relative paths with `/`, sorted. */
async function filesBelow(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((item) => item.isFile())
    .map((item) => relative(folder, join(item.parentPath, item.name)).replaceAll("\\", "/"))
    .sort();
}

/** Takes the lock; one that a dead process left behind is taken over. */
async function acquire() {
  for (;;) {
    try {
      await writeFile(LOCK, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(LOCK, "utf8").catch(() => "0"));
    if (holder > 0 && !isAlive(holder)) await rm(LOCK, { force: true });
    else await sleep(100);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const start = performance.now();
  if (!hasTool("tsup")) {
    console.log("sluice: the development dependencies are not installed; dist is left as it is.");
  } else {
    try {
      const built = await build({
        ifStale: process.argv.includes("--if-stale"),
        types: !process.argv.includes("--js"),
      });
      console.log(built ? `dist built in ${seconds(start)}` : "dist is up to date");
    } catch (error) {
      console.error(`dist could not be built: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
