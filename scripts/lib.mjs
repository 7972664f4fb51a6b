/** What the repository's scripts share. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** For what can be made again at any time. */
export const CACHE = join(ROOT, "node_modules", ".cache", "sluice");

const BIN = join(ROOT, "node_modules", ".bin");

/**
 * Runs a command line in the repository, with the tools of `node_modules/.bin` in reach. Resolves to its exit code and
 * everything that it printed. `signal` ends the shell and all that it started.
 */
export function execute(command, { signal, env, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: ROOT,
      shell: true,
      detached: signal !== undefined && process.platform !== "win32",
      env: { ...process.env, ...env, PATH: `${BIN}${delimiter}${process.env.PATH}` },
      stdio: inherit ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    const end = () => endTree(child);
    signal?.addEventListener("abort", end);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve({ code: code ?? 1, output });
    });
  });
}

function endTree(child) {
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export function seconds(since) {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}

/** Whether the development tools are installed; `npm ci --omit=dev` leaves them out. */
export function hasTool(name) {
  return existsSync(join(ROOT, "node_modules", name, "package.json"));
}
