// `npm run lab -- up|down|status [PART…]` starts real servers for trying things by hand, and ends them again. The lab
// suites use the same parts; see docs/testing.md.
import { PARTS } from "./parts/index.mjs";
import { bringUp, running, statusOf, takeDown } from "./tool/parts.mjs";

const [verb, ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));

if (!["up", "down", "status"].includes(verb) || unknown.length > 0 || (verb === "up" && names.length === 0)) {
  if (unknown.length > 0) console.error(`there is no part ${unknown.join(", ")}\n`);
  console.error("usage: npm run lab -- up PART… | down [PART…] | status\n\nparts:");
  for (const [name, part] of Object.entries(PARTS)) console.error(`  ${name.padEnd(14)} ${part.about}`);
  process.exitCode = 2;
} else if (verb === "up") await up();
else if (verb === "down") await down();
else await status();

async function up() {
  for (const name of names) {
    try {
      const { env } = await bringUp(name, (text) => console.error(`lab: ${text}`));
      // For `eval "$(npm run --silent lab -- up PART)"`.
      for (const [variable, value] of Object.entries(env)) console.log(`export ${variable}=${quote(value)}`);
    } catch (error) {
      console.error(`lab: ${name} cannot run here: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

async function down() {
  for (const name of names.length > 0 ? names : await running()) {
    for (const part of await takeDown(name)) console.error(`lab: ${part} is down`);
  }
}

async function status() {
  for (const name of names.length > 0 ? names : Object.keys(PARTS)) {
    const now = await statusOf(name);
    const state = now === undefined ? "down" : now.up ? "up" : "broken: not all of its processes live";
    const pids = now === undefined ? "" : ` (pid ${now.servers.map((server) => server.pid).join(", ")})`;
    console.log(`${name.padEnd(14)} ${state}${pids}`);
  }
}

function quote(value) {
  return `'${String(value).replaceAll("'", `'\\''`)}'`;
}
