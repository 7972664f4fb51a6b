/**
 * Measures Sluice against lower bounds, everything on (journal, masking, reporter), side by side in one run.
 *
 *   npm run bench                       the whole
 *   npm run bench -- W1 W5              some workloads
 *   npm run bench -- --rounds 9 --json figures.json
 *   npm run bench -- peers [NAMES…] [W1 W2 …] [--rounds N] [--cell SECONDS] [--busy] [--json peers.json]
 *   npm run bench -- tables figures.json peers.json [--write docs/performance.md]
 *
 * `peers` sets Sluice beside other tools, `tables` prints what `--json` wrote as Markdown. See docs/benchmarking.md.
 * Ratios are what counts; absolute times tell the order of things on the machine that they were taken on.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { boundsReport, summaryOf } from "./lib/bounds-report.ts";
import { machine, warnIfBusy } from "./lib/machine.ts";
import { table, type Figure } from "./lib/measure.ts";
import { Workspace } from "./lib/workspace.ts";
import { cache } from "./workloads/cache.ts";
import { logs } from "./workloads/logs.ts";
import { nodes } from "./workloads/nodes.ts";
import { plan } from "./workloads/plan.ts";
import { processes } from "./workloads/processes.ts";
import { resume } from "./workloads/resume.ts";
import { start } from "./workloads/start.ts";

const WORKLOADS: readonly (readonly [
  names: readonly string[],
  run: (workspace: Workspace, rounds: number) => Promise<Figure[]>,
])[] = [
  [["W1"], start],
  [["W2", "W3", "W4"], processes],
  [["W5"], (_workspace, rounds) => nodes(Math.min(rounds, 3))],
  [["W6"], logs],
  [["W7"], cache],
  [["W8"], plan],
  [["W9"], resume],
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      cell: { type: "string", default: "30" },
      busy: { type: "boolean", default: false },
      json: { type: "string" },
      write: { type: "string" },
    },
    allowPositionals: true,
  });
  const rounds = count("rounds", values.rounds);
  const [verb, ...names] = positionals;
  if (verb === "peers") {
    const { peers } = await import("./peers/cli.ts");
    const cellSeconds = count("cell", values.cell);
    await peers({ names, rounds, cellSeconds, json: values.json, busy: values.busy });
  } else if (verb === "tables") {
    const { tables } = await import("./tables.ts");
    tables(names, values.write);
  } else {
    await bounds(positionals, rounds, values.json);
  }
}

/** Sluice against the lower bounds. */
async function bounds(asked: readonly string[], rounds: number, json: string | undefined): Promise<void> {
  const known = WORKLOADS.flatMap(([names]) => names);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such workload: ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const where = machine();
  warnIfBusy(where);
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
      if (asked.length > 0 && !names.some((name) => asked.includes(name))) continue;
      figures.push(...(await run(workspace, rounds)));
    }
  } finally {
    workspace.remove();
  }
  const report = boundsReport(where, rounds, figures);
  console.log(`${summaryOf(report)}\n\n${table(figures)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number from 1, not ${text}`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
