import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PARTS } from "../parts/index.mjs";
import { RUNNING } from "./cache.mjs";
import { isRunning, stopServers } from "./processes.mjs";

/** What runs of a part: its servers, and what others need to use it. `undefined` where it does not, or not all of it. */
export async function statusOf(name) {
  const record = await readRecord(name);
  if (record === undefined) return undefined;
  return { ...record, up: record.servers.every(isRunning) };
}

/** Brings up a part and those that it needs; one that is up already is left as it is. */
export async function bringUp(name, log) {
  const part = PARTS[name];
  if (part === undefined)
    throw new Error(`there is no part "${name}"; one of: ${Object.keys(PARTS).join(", ")}`);
  const now = await statusOf(name);
  if (now?.up) return { ...now, fresh: [] };
  if (now !== undefined) await takeDown(name);
  const others = {};
  const fresh = [];
  for (const need of part.needs) {
    const started = await bringUp(need, log);
    others[need] = started;
    fresh.push(...started.fresh);
  }
  const since = performance.now();
  const folder = join(RUNNING, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const servers = [];
  try {
    const started = await part.start({ folder, others, log, own: (server) => servers.push(server) });
    // Who uses a part uses those that it rests on.
    const env = Object.assign({}, ...Object.values(others).map((other) => other.env), started.env);
    const record = { name, servers, env, facts: started.facts ?? {}, needs: part.needs };
    await write(join(folder, "part.json"), JSON.stringify(record, undefined, 2));
    log(`${name} is up (${((performance.now() - since) / 1_000).toFixed(1)} s)`);
    return { ...record, up: true, fresh: [...fresh, name] };
  } catch (error) {
    await part.stop?.({ folder, servers, log });
    await stopServers(servers, 1_000);
    await rm(folder, { recursive: true, force: true });
    for (const other of fresh.reverse()) await takeDown(other);
    throw error;
  }
}

/** Takes a part down, and first those that rest on it. Gives the names of what was taken down. */
export async function takeDown(name) {
  const down = [];
  for (const other of await running()) {
    const record = await readRecord(other);
    if (record?.needs.includes(name)) down.push(...(await takeDown(other)));
  }
  const record = await readRecord(name);
  if (record === undefined) return down;
  await PARTS[name].stop?.({ folder: join(RUNNING, name), servers: record.servers, log: () => undefined });
  await stopServers(record.servers);
  await rm(join(RUNNING, name), { recursive: true, force: true });
  return [...down, name];
}

/** Names of the parts that have been brought up. */
export async function running() {
  return (await readdir(RUNNING).catch(() => [])).filter((name) => Object.hasOwn(PARTS, name));
}

async function readRecord(name) {
  const text = await readFile(join(RUNNING, name, "part.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function write(file, text) {
  await writeFile(`${file}.tmp`, text, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}
