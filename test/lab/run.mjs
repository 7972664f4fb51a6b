// `npm run test:lab [-- NAME...] [--json FILE] [--cluster own]` runs the suites `test/lab/**/*.lab.test.ts` whose path
// contains a NAME (all, where none is given), after bringing up what they need. Says what cannot be had here, and so is
// skipped. With `--cluster own` those that need a control plane run against the cluster of $KUBECONFIG, and no others.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { glob } from "tinyglobby";
import { execute, ROOT, seconds } from "../../scripts/lib.mjs";
import { bring, isKnown } from "./needs.mjs";
import { ownCluster } from "./tool/own-cluster.mjs";

const { values, positionals } = readArguments();
const ON_CLUSTER = ["control-plane", "kwok"];
const suites = (await glob("test/lab/**/*.lab.test.ts", { cwd: ROOT }))
  .filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .sort();

if (suites.length === 0) {
  console.error(`no suite of the lab matches ${positionals.join(", ") || "test/lab/**/*.lab.test.ts"}`);
  process.exitCode = 1;
} else if (values.cluster === undefined) {
  process.exitCode = await withNeeds(await needsOf(suites), bring, (env) => runSuites(suites, env));
} else if (values.cluster === "own") {
  process.exitCode = await runOnOwnCluster();
} else {
  console.error(`--cluster ${values.cluster}: there is no such cluster; own is the one of $KUBECONFIG`);
  process.exitCode = 2;
}

function readArguments() {
  const options = { json: { type: "string" }, cluster: { type: "string" } };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run test:lab [-- NAME...] [--json FILE] [--cluster own]`);
    process.exit(2);
  }
}

/** A suite runs there with all of its needs or not at all: the lab's own cluster is no substitute. */
async function runOnOwnCluster() {
  const all = await needsOf(suites);
  const asking = new Set(ON_CLUSTER.flatMap((need) => all.get(need) ?? []));
  const others = suites.filter((file) => !asking.has(file));
  if (others.length > 0) console.log(`lab: SKIPPED ${others.join(", ")}: they ask no control plane`);
  const needs = new Map([...all].map(([need, files]) => [need, files.filter((file) => asking.has(file))]));
  for (const [need, files] of needs) if (files.length === 0) needs.delete(need);
  let own;
  try {
    own = await ownCluster((text) => console.log(`lab: ${text}`));
  } catch (error) {
    console.error(`lab: ${error.message}`);
    return 1;
  }
  try {
    return await withNeeds(
      needs,
      (need) => own.bring(need) ?? bring(need),
      async (env, lab) => {
        const missing = [...needs].flatMap(([need, files]) => (lab[need].available ? [] : files));
        const left = [...asking].filter((file) => !missing.includes(file));
        if (left.length > 0) return await runSuites(left, env);
        console.error("lab: none of these suites can run there");
        return 1;
      },
    );
  } finally {
    await own.close();
  }
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
async function withNeeds(needs, bringUp, body) {
  const stops = [];
  const lab = {};
  let env = {};
  try {
    for (const [need, files] of needs) {
      const start = performance.now();
      try {
        const started = await bringUp(need);
        if (started.stop) stops.push(started.stop);
        env = { ...env, ...started.env };
        lab[need] = { available: true };
        console.log(`lab: ${need} is up (${seconds(start)})`);
      } catch (error) {
        lab[need] = { available: false, reason: error.message };
        console.log(`lab: SKIPPED ${files.join(", ")}: needs ${need}: ${error.message}`);
      }
    }
    return await body({ ...env, SLUICE_LAB: JSON.stringify(lab) }, lab);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function runSuites(which, env) {
  const report = values.json === undefined ? "" : ` --reporter=json --outputFile.json="${values.json}"`;
  const files = which.map((file) => `"${file}"`).join(" ");
  const command = `vitest run --config test/lab/vitest.config.ts --reporter=verbose${report} ${files}`;
  const { code } = await execute(command, { env, inherit: true });
  return code;
}
