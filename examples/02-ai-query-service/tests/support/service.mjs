import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { buildIndex } from "../../service/index/build.mjs";
import { readDocuments } from "../../service/index/documents.mjs";
import { writeIndex } from "../../service/index/store.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
// A test that hangs is ended from outside by SIGTERM, and runs none of its own cleanups.
process.once("SIGTERM", () => process.exit(1));
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** @typedef {{ after(done: () => unknown): void }} Scope a test's context, or {@link wholeFile} */

/**
 * What lives as long as all tests of a file. To be called at its top level: inside a `before` hook, `after`
 * runs at the end of the hook.
 *
 * @returns {Scope}
 */
export function wholeFile() {
  /** @type {(() => unknown)[]} */
  const cleanups = [];
  after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  return { after: (done) => void cleanups.push(done) };
}

/**
 * A folder of its own for a test, with an index of the shipped documents in it.
 *
 * @param {Scope} t
 */
export async function builtIndex(t) {
  const folder = await mkdtemp(join(tmpdir(), "query-service-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "index.json");
  const index = buildIndex(await readDocuments(join(ROOT, "docs")));
  await writeIndex(path, index);
  return { folder, path, version: index.version };
}

/**
 * Starts the service on a free port and waits until it is ready. The test's end stops it.
 *
 * @param {Scope} t
 * @param {Record<string, string>} env
 */
export async function startService(t, env) {
  const { child, lines, nextLine } = start("service/server.mjs", [], { PORT: "0", ...env });
  t.after(() => stop(child));
  const listening = JSON.parse(await nextLine(/"listening"/));
  await nextLine(/"ready"/);
  return {
    url: `http://127.0.0.1:${listening.port}`,
    child,
    nextLine,
    log: () => lines.map((line) => JSON.parse(line)),
  };
}

/**
 * Runs a script to its end.
 *
 * @param {string} script relative to the root
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export async function runScript(script, args, env = {}) {
  const { child, lines, errors } = start(script, args, env);
  const [code] = await once(child, "close");
  return { code, stdout: lines.join("\n"), stderr: errors.join("") };
}

/**
 * Starts a script and collects the lines that it writes.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
export function start(script, args, env) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const errors = [];
  child.stderr.setEncoding("utf8").on("data", (chunk) => errors.push(chunk));
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));

  /**
   * The first line that matches, of those written already or to come.
   *
   * @param {RegExp} pattern
   * @returns {Promise<string>}
   */
  const nextLine = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
      };
      reader.on("line", look);
      reader.once("close", () => reject(new Error(`no line like ${pattern}: ${errors.join("")}`)));
      look();
    });
  return { child, lines, errors, nextLine };
}

/** @param {import("node:child_process").ChildProcess} child */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await closed;
  clearTimeout(last);
}

/**
 * @param {string} url
 * @param {unknown} body a string is sent as it is
 * @param {Record<string, string>} [headers]
 */
export function post(url, body, headers = {}) {
  return fetch(`${url}/query`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
export function json(response) {
  return response.json();
}
