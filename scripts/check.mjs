/**
 * `npm run check`: every check there is, two at a time, each with its time; ends at the first that fails.
 * `npm run check -- lint types` runs these only, with what they need. Each is also a script: `npm run check:lint`.
 */
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { execute, ROOT, seconds } from "./lib.mjs";

/** In the order of starting. What reads `dist` needs the build. */
const STEPS = [
  { name: "build" },
  { name: "lockfile" },
  { name: "links" },
  { name: "format" },
  { name: "imports" },
  { name: "root-imports" },
  { name: "lint", needs: "build" },
  { name: "types", needs: "build" },
  { name: "unused" },
  { name: "examples" },
  { name: "api-docs" },
  { name: "publint", needs: "build" },
  { name: "attw", needs: "build" },
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `no check is named ${unknown.join(", ")}; there are ${STEPS.map((step) => step.name).join(", ")}`,
  );
  process.exit(2);
}
const steps =
  asked.length === 0 ? STEPS : STEPS.filter((step) => asked.includes(step.name) || isNeeded(step));

const begin = performance.now();
const stop = new AbortController();
const waiting = [...steps];
const done = new Set();
const ended = new EventEmitter();
let failed;

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    failed ??= `ended by ${signal}`;
    stop.abort();
  });
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

if (failed === undefined) {
  console.log(`check passed: ${steps.length} steps in ${seconds(begin)}`);
} else {
  console.error(`check failed: ${failed}`);
  process.exitCode = 1;
}

/** Performs one step after the other until none is left; steps that wait for another are passed over meanwhile. */
async function work() {
  while (failed === undefined && waiting.length > 0) {
    const index = waiting.findIndex(({ needs }) => needs === undefined || done.has(needs));
    if (index === -1) await once(ended, "step");
    else await perform(...waiting.splice(index, 1));
  }
}

async function perform({ name }) {
  const start = performance.now();
  const { code, output } = await execute(scripts[`check:${name}`], { signal: stop.signal });
  if (failed === undefined) {
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${name.padEnd(13)} ${seconds(start).padStart(7)}`);
    if (code !== 0) {
      failed = name;
      stop.abort();
      console.error(`\n${output.trimEnd()}\n`);
    }
  }
  done.add(name);
  ended.emit("step");
}

function isNeeded(step) {
  return STEPS.some((other) => asked.includes(other.name) && other.needs === step.name);
}
