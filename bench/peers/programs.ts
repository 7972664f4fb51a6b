import type { Command } from "../lib/measure.ts";
import type { Site } from "./peer.ts";
import { argvOf, type Work } from "./work.ts";

/** What the programs of the libraries start commands with: the library that most of their users take. */
export const EXECA = "9.6.1";

/**
 * Writes a JavaScript program and, as `work.json`, the graph that it reads: `jobs` with `id`, `argv`, `needs` (indices),
 * and `levels` for what knows no edges.
 */
export function program(site: Site, work: Work, text: string, args: readonly string[] = []): Command {
  writeWork(site, work);
  site.write("package.json", '{ "type": "module", "private": true }');
  site.write("program.js", text);
  return { file: process.execPath, args: ["program.js", ...args], cwd: site.root };
}

export function writeWork(site: Site, work: Work): void {
  site.write("work.json", JSON.stringify(workFile(work)));
}

export function workFile(work: Work) {
  const indices = new Map(work.jobs.map(({ id }, index) => [id, index]));
  return {
    concurrency: work.concurrency,
    jobs: work.jobs.map(({ id, command, needs, files }) => ({
      id,
      command,
      argv: argvOf(command),
      needs: needs.map((need) => indices.get(need) ?? -1),
      files,
    })),
  };
}

/** The beginning of a program that reads what {@link program} wrote. */
export const READ_WORK = `import { readFileSync } from "node:fs";
const { jobs, concurrency } = JSON.parse(readFileSync("work.json", "utf8"));
`;

/** `levels(needs)` as text, for programs of libraries that know "these, and then those", but no edges. */
export const LEVELS = `function levels(graph) {
  const level = [];
  const all = [];
  graph.forEach((needs, index) => {
    level[index] = needs.reduce((most, need) => Math.max(most, level[need] + 1), 0);
    (all[level[index]] ??= []).push(index);
  });
  return all;
}
`;
