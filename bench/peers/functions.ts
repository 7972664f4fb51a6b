import type { Command } from "../lib/measure.ts";
import type { Site } from "./peer.ts";
import { graphOf, type WorkloadName } from "./work.ts";

/** What a run of functions says of itself. */
export interface FunctionsFigure {
  /** Microseconds per node, from the graph as data to the end of the last node. */
  readonly us: number;
  /** MiB, the most that was resident. */
  readonly memory: number;
}

/**
 * Runs the graph once with 1,000 nodes, so that the code is warm, and once in earnest. Each node looks whether those that
 * it needs have ended, in every run and for every library alike, and the end counts whether all ran.
 */
const PROGRAM = `import { readFileSync, writeSync } from "node:fs";
import { run } from "./functions.js";
const CONCURRENCY = 8;
async function measure(graph) {
  const ended = new Uint8Array(graph.length);
  let count = 0;
  const task = (index) => {
    for (const need of graph[index]) if (ended[need] !== 1) throw new Error("node " + index + " ran before " + need);
    if (ended[index] === 1) throw new Error("node " + index + " ran twice");
    ended[index] = 1;
    count++;
  };
  const begin = performance.now();
  await run(graph, task, CONCURRENCY);
  const us = ((performance.now() - begin) * 1_000) / graph.length;
  if (count !== graph.length) throw new Error(count + " of " + graph.length + " nodes ran");
  return us;
}
const read = (name) => JSON.parse(readFileSync(name, "utf8"));
await measure(read("warm.json"));
const us = await measure(read("graph.json"));
const peak = /^VmHWM:\\s+(\\d+)/m.exec(readFileSync("/proc/self/status", "utf8"));
writeSync(1, JSON.stringify({ us, memory: Number(peak[1]) / 1024 }) + "\\n");
// A library that left timers or handles behind is not waited for.
process.exit(0);
`;

/** Writes the project for functions in one process. */
export function functionsProject(site: Site, workload: WorkloadName, text: string): Command {
  site.write("package.json", '{ "type": "module", "private": true }');
  site.write("functions.js", text);
  site.write("program.js", PROGRAM);
  site.write("warm.json", JSON.stringify(graphOf("W5-1k")));
  site.write("graph.json", JSON.stringify(graphOf(workload)));
  return { file: process.execPath, args: ["program.js"], cwd: site.root };
}

export function functionsFigure(stdout: string): FunctionsFigure {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as FunctionsFigure;
}
