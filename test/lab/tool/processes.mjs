import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Starts a server that outlives this process. What it prints goes to `log`.
 *
 * @returns its pid and the moment at which it started, by which it is told apart from a later process of that pid
 */
export function startServer(command, args, { log, cwd, env }) {
  const out = openSync(log, "a");
  try {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["ignore", out, out],
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("spawn", () => {
        child.unref();
        resolve({
          pid: child.pid,
          start: startOf(child.pid) ?? "gone",
          name: command.split("/").at(-1),
          log,
        });
      });
    });
  } finally {
    closeSync(out);
  }
}

export function isRunning({ pid, start }) {
  return startOf(pid) === start;
}

/** Ends servers, the last started first: politely, and after `grace` ms by force. Never touches another process. */
export async function stopServers(servers, grace = 10_000) {
  for (const server of [...servers].reverse()) {
    signal(server, "SIGTERM");
    for (let waited = 0; isRunning(server) && waited < grace; waited += 50) await sleep(50);
    signal(server, "SIGKILL");
    while (isRunning(server)) await sleep(20);
  }
}

function signal(server, name) {
  if (!isRunning(server)) return;
  try {
    process.kill(server.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function startOf(pid) {
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
    return stdout.trim() || undefined;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** Waits until `probe` resolves to something truthy, as long as all of `servers` live. Rejects with the end of a log. */
export async function untilReady(what, servers, probe, limit = 60_000) {
  const end = Date.now() + limit;
  let last;
  for (;;) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    const dead = servers.find((server) => !isRunning(server));
    if (dead !== undefined) throw new Error(`${what}: ${dead.name} has ended: ${tail(dead.log)}`);
    if (Date.now() > end) {
      const why = last === undefined ? "" : ` (${last.message})`;
      throw new Error(`${what} is not ready after ${limit / 1_000} s${why}: ${tail(servers.at(-1)?.log)}`);
    }
    await sleep(50);
  }
}

function tail(file) {
  if (file === undefined) return "";
  return readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" | ").slice(-600);
}
