import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { EXECA, LEVELS, READ_WORK, writeWork } from "./programs.ts";
import { NO_CACHE, NO_PREFIX } from "./reasons.ts";

const VERSION = "5.0.1";
const P_LIMIT = "7.3.3";

const GULPFILE = `import { execa } from "execa";
import gulp from "gulp";
import pLimit from "p-limit";
${READ_WORK}${LEVELS}
const limit = pLimit(concurrency);
const tasks = jobs.map(({ id, argv: [file, ...args] }) =>
  Object.assign(() => limit(() => execa(file, args)), { displayName: id }),
);
const all = levels(jobs.map(({ needs }) => needs));
export default gulp.series(...all.map((level) => gulp.parallel(...level.map((index) => tasks[index]))));
`;

const FUNCTIONS = `import gulp from "gulp";
${LEVELS}
export async function run(graph, task) {
  const node = (index) => async () => task(index);
  const all = gulp.series(...levels(graph).map((level) => gulp.parallel(level.map(node))));
  await new Promise((resolve, reject) => all((error) => (error ? reject(error) : resolve())));
}
`;

/** gulp: `series` of `parallel`. */
export const gulp: Peer = {
  name: "gulp",
  kind: "peer",
  version: VERSION,
  packages: { gulp: VERSION, execa: EXECA, "p-limit": P_LIMIT },
  note: "no edges: a level of the graph waits for the whole level before; no limit of its own: p-limit for commands, none for functions; commands by execa; records nothing",
  without: { W6: NO_PREFIX, W7: NO_CACHE },
  project(site, work) {
    writeWork(site, work);
    site.write("package.json", '{ "type": "module", "private": true }');
    site.write("gulpfile.js", GULPFILE);
    return { file: join(site.root, "node_modules/.bin/gulp"), args: [], cwd: site.root };
  },
  functions: FUNCTIONS,
};
