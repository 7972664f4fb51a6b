/**
 * Programs that do the least that Node can do for a workload. They are text, because they are measured in processes of
 * their own, without a loader. Those of graphs begin with `jobs` (with `argv` and `needs`, indices) and `concurrency`.
 */

/** `spawn` with two pipes, in the order of the graph. Nothing is printed, kept or masked. */
export const SPAWN_GRAPH = `import { spawn } from "node:child_process";
const left = jobs.map(({ needs }) => needs.length);
const dependents = jobs.map(() => []);
jobs.forEach(({ needs }, index) => needs.forEach((need) => dependents[need].push(index)));
const ready = left.flatMap((count, index) => (count === 0 ? [index] : []));
let running = 0;
function pump() {
  while (running < concurrency && ready.length > 0) {
    const index = ready.shift();
    const [file, ...args] = jobs[index].argv;
    running++;
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", () => {});
    child.stderr.on("data", () => {});
    child.on("close", (code) => {
      if (code !== 0) process.exitCode = 1;
      running--;
      for (const next of dependents[index]) if (--left[next] === 0) ready.push(next);
      pump();
    });
  }
}
pump();
`;

/** A file through `cat` and a pipe, each line prefixed, chunk by chunk. */
export const prefixLines = (file: string): string => `import { spawn } from "node:child_process";
const prefix = Buffer.from("a/cat | ");
const child = spawn("cat", [${JSON.stringify(file)}], { stdio: ["ignore", "pipe", "inherit"] });
let fresh = true;
child.stdout.on("data", (chunk) => {
  const parts = [];
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    if (fresh) parts.push(prefix);
    parts.push(chunk.subarray(from, at + 1));
    fresh = true;
    from = at + 1;
  }
  if (from < chunk.length) {
    if (fresh) parts.push(prefix);
    parts.push(chunk.subarray(from));
    fresh = false;
  }
  if (!process.stdout.write(Buffer.concat(parts))) {
    child.stdout.pause();
    process.stdout.once("drain", () => child.stdout.resume());
  }
});
`;

/** Reads and hashes the input of every job. */
export const HASH_INPUTS = `import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
await Promise.all(jobs.map(async ({ files }) => createHash("sha256").update(await readFile(files.input)).digest("hex")));
`;

/** Kahn's algorithm over functions, awaited one by one. */
export const KAHN = `export async function run(graph, task) {
  const left = graph.map((needs) => needs.length);
  const dependents = graph.map(() => []);
  graph.forEach((needs, index) => needs.forEach((need) => dependents[need].push(index)));
  const ready = left.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let at = 0; at < ready.length; at++) {
    await task(ready[at]);
    for (const next of dependents[ready[at]]) if (--left[next] === 0) ready.push(next);
  }
}
`;
