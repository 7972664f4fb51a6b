import type { Peer } from "./peer.ts";
import { EXECA, program, READ_WORK } from "./programs.ts";
import { NO_CACHE, NO_PREFIX } from "./reasons.ts";

const VERSION = "2.0.0";

const COMMANDS = `import { execa } from "execa";
import { PGraph } from "p-graph";
${READ_WORK}
const nodes = new Map(jobs.map(({ id, argv: [file, ...args] }) => [id, { run: () => execa(file, args) }]));
const edges = jobs.flatMap(({ id, needs }) => needs.map((need) => [jobs[need].id, id]));
await new PGraph(nodes, edges).run({ concurrency });
`;

const FUNCTIONS = `import { PGraph } from "p-graph";
export async function run(graph, task, concurrency) {
  const nodes = new Map(graph.map((_, index) => ["n" + index, { run: () => task(index) }]));
  const edges = graph.flatMap((needs, index) => needs.map((need) => ["n" + need, "n" + index]));
  await new PGraph(nodes, edges).run({ concurrency });
}
`;

/** p-graph, a library that runs a graph of promises. */
export const pGraph: Peer = {
  name: "p-graph",
  kind: "peer",
  version: VERSION,
  packages: { "p-graph": VERSION, execa: EXECA },
  note: "a library: commands by execa, which keeps their outputs in memory; prints nothing, records nothing",
  without: { W6: NO_PREFIX, W7: NO_CACHE },
  project: (site, work) => program(site, work, COMMANDS),
  functions: FUNCTIONS,
};
