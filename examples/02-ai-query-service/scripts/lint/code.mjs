import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join, posix } from "node:path";
import { mapLimited } from "../lib/pool.mjs";

/** @typedef {import("../lint.mjs").SourceFile} SourceFile */
/** @typedef {import("../lint.mjs").Problem} Problem */

const MAX_LINE = 110;
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"([^"]+)"/g;

/**
 * Rules that a syntax check does not know: the service has no dependencies, imports only what is there,
 * never imports its own tests or scripts, and writes to its log, not to the console.
 *
 * @param {readonly SourceFile[]} files all of them, so that imports can be looked up
 * @returns {Problem[]}
 */
export function codeProblems(files) {
  const known = new Set(files.map(({ path }) => path));
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) => {
      const messages = [...importMessages(path, line, known), ...styleMessages(path, line)];
      return messages.map((message) => ({ path, line: i + 1, message }));
    }),
  );
}

/**
 * @param {string} path
 * @param {string} line
 * @param {ReadonlySet<string>} known
 */
function importMessages(path, line, known) {
  // A comment may name types of another module; it loads nothing.
  const code = line.replace(/^\s*(?:\*|\/\/).*|\/\*.*?\*\//g, "");
  return [...code.matchAll(IMPORT)].flatMap(([, specifier = ""]) => {
    if (specifier.startsWith("node:")) return [];
    if (!specifier.startsWith("."))
      return [`imports the package ${specifier}, but there are no dependencies`];
    const target = posix.join(posix.dirname(path), specifier);
    if (!known.has(target)) return [`imports ${target}, which does not exist`];
    return path.startsWith("service/") && !target.startsWith("service/")
      ? [`the service must not import ${target}`]
      : [];
  });
}

/**
 * @param {string} path
 * @param {string} line
 */
function styleMessages(path, line) {
  const messages = [];
  if (line.length > MAX_LINE) messages.push(`${line.length} characters; at most ${MAX_LINE}`);
  if (path.startsWith("service/") && /\bconsole\.\w+\(/.test(line))
    messages.push("use the log, not the console");
  if (/\b(?:test|it|describe)\.only\(/.test(line)) messages.push("a test is marked .only");
  return messages;
}

/**
 * What `node --check` says of each file.
 *
 * @param {string} root
 * @param {readonly SourceFile[]} files
 * @returns {Promise<Problem[]>}
 */
export async function syntaxProblems(root, files) {
  const found = await mapLimited(files, availableParallelism(), async ({ path }) => {
    const stderr = await check(join(root, path));
    if (stderr === undefined) return [];
    const line = Number(/:(\d+)\n/.exec(stderr)?.[1] ?? "1");
    return [{ path, line, message: /^\w*Error: .*$/m.exec(stderr)?.[0] ?? "node --check failed" }];
  });
  return found.flat();
}

/**
 * @param {string} path
 * @returns {Promise<string | undefined>} undefined where the file is fine
 */
function check(path) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--check", path], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0 ? undefined : stderr));
  });
}
