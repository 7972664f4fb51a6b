import type { Peer } from "./peer.ts";
import { EXECA, LEVELS, program, READ_WORK } from "./programs.ts";
import { NO_CACHE, NO_PREFIX } from "./reasons.ts";

const VERSION = "9.0.5";

const COMMANDS = `import { execa } from "execa";
import { Listr } from "listr2";
${READ_WORK}${LEVELS}
const task = ({ id, argv: [file, ...args] }) => ({ title: id, task: async () => void (await execa(file, args)) });
const all = levels(jobs.map(({ needs }) => needs)).map((level, index) => ({
  title: "level " + index,
  task: (_, parent) => parent.newListr(level.map((index) => task(jobs[index])), { concurrent: concurrency }),
}));
await new Listr(all).run();
`;

const FUNCTIONS = `import { Listr } from "listr2";
${LEVELS}
export async function run(graph, task, concurrency) {
  const all = levels(graph).map((level, index) => ({
    title: "level " + index,
    task: (_, parent) =>
      parent.newListr(level.map((index) => ({ title: "n" + index, task: () => task(index) })), { concurrent: concurrency }),
  }));
  await new Listr(all, { renderer: "silent" }).run();
}
`;

/** listr2: lists within lists. */
export const listr2: Peer = {
  name: "listr2",
  kind: "peer",
  version: VERSION,
  packages: { listr2: VERSION, execa: EXECA },
  note: "a library without edges: a level of the graph waits for the whole level before; commands by execa; records nothing",
  without: { W6: NO_PREFIX, W7: NO_CACHE },
  project: (site, work) => program(site, work, COMMANDS),
  functions: FUNCTIONS,
};
