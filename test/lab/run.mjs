// `npm run test:lab [-- NAME...] [--json FILE]` runs the suites `test/lab/**/*.lab.test.ts` whose path contains a NAME
// (all, where none is given), after bringing up what they need. Says what cannot be had here, and so is skipped.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { glob } from "tinyglobby";
import { execute, ROOT, seconds } from "../../scripts/lib.mjs";
import { bring, isKnown } from "./needs.mjs";

const { values, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
const suites = (await glob("test/lab/**/*.lab.test.ts", { cwd: ROOT }))
  .filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .sort();

if (suites.length === 0) {
  console.error(`no suite of the lab matches ${positionals.join(", ") || "test/lab/**/*.lab.test.ts"}`);
  process.exitCode = 1;
} else {
  process.exitCode = await withNeeds(await needsOf(suites), runSuites);
}

async function needsOf(files) {
  const needs = new Map();
  for (const file of files) {
    const line = /^\/\/ needs: (.+)$/m.exec(await readFile(join(ROOT, file), "utf8"))?.[1] ?? "";
    for (const need of line.split(/[\s,]+/).filter((name) => name !== "")) {
      if (!isKnown(need)) throw new Error(`${file} needs "${need}", which test/lab/needs.mjs does not know`);
      needs.set(need, [...(needs.get(need) ?? []), file]);
    }
  }
  return needs;
}

/** Calls `body` with what could be brought up, and takes it down whatever becomes of it, the last first. */
async function withNeeds(needs, body) {
  const stops = [];
  const lab = {};
  let env = {};
  try {
    for (const [need, files] of needs) {
      const start = performance.now();
      try {
        const started = await bring(need);
        if (started.stop) stops.push(started.stop);
        env = { ...env, ...started.env };
        lab[need] = { available: true };
        console.log(`lab: ${need} is up (${seconds(start)})`);
      } catch (error) {
        lab[need] = { available: false, reason: error.message };
        console.log(`lab: SKIPPED ${files.join(", ")}: needs ${need}: ${error.message}`);
      }
    }
    return await body({ ...env, SLUICE_LAB: JSON.stringify(lab) });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function runSuites(env) {
  const report = values.json === undefined ? "" : ` --reporter=json --outputFile.json="${values.json}"`;
  const files = suites.map((file) => `"${file}"`).join(" ");
  const command = `vitest run --config test/lab/vitest.config.ts --reporter=verbose${report} ${files}`;
  const { code } = await execute(command, { env, inherit: true });
  return code;
}
