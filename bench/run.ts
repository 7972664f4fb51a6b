/**
 * Measures Sluice against lower bounds, everything on (journal, masking, reporter), side by side in one run.
 *
 *   npm run bench                       the whole
 *   npm run bench -- W1 W5              some workloads
 *   npm run bench -- --rounds 9 --json figures.json
 *
 * Ratios are what counts; absolute times tell the order of things on the machine that they were taken on.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { table, type Figure } from "./lib/measure.ts";
import { Workspace } from "./lib/workspace.ts";
import { logs } from "./workloads/logs.ts";
import { nodes } from "./workloads/nodes.ts";
import { plan } from "./workloads/plan.ts";
import { processes } from "./workloads/processes.ts";
import { start } from "./workloads/start.ts";

const WORKLOADS: readonly (readonly [
  names: readonly string[],
  run: (workspace: Workspace, rounds: number) => Promise<Figure[]>,
])[] = [
  [["W1"], start],
  [["W2", "W3", "W4"], processes],
  [["W5"], (_workspace, rounds) => nodes(Math.min(rounds, 3))],
  [["W6"], logs],
  [["W8"], plan],
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, json: { type: "string" } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  const workspace = new Workspace();
  const figures: Figure[] = [];
  try {
    // Every workload builds on the programs of the first.
    workspace.write("empty.js", "");
    workspace.write("empty.ts", "");
    workspace.write(
      "one.js",
      'import { pipeline, sh } from "sluice";\npipeline({ name: "one" }, (p) => { p.stage("a").job("t", sh`true`); }).main();\n',
    );
    for (const [names, run] of WORKLOADS) {
      if (positionals.length > 0 && !names.some((name) => positionals.includes(name))) continue;
      figures.push(...(await run(workspace, rounds)));
    }
  } finally {
    workspace.remove();
  }
  const machine = `Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  console.log(`${machine}, medians of ${rounds} rounds\n\n${table(figures)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, rounds, figures }, undefined, 2)}\n`);
}

void main();
