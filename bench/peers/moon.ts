import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS } from "./reasons.ts";
import { sinks, type Work } from "./work.ts";

const VERSION = "2.5.5";

/** moon: tasks of a single project, on the system's own programs. */
export const moon: Peer = {
  name: "moon",
  kind: "peer",
  version: VERSION,
  packages: { "@moonrepo/cli": VERSION },
  note: "hashes every task, keeps outputs of what it caches; masks nothing",
  without: NO_FUNCTIONS,
  async project(site, work) {
    site.write(".gitignore", "node_modules\n.moon/cache\nout\n");
    site.write(".moon/workspace.yml", JSON.stringify({ projects: { bench: "." }, telemetry: false }));
    site.write("moon.yml", JSON.stringify(moonProject(work)));
    await site.commit();
    return {
      file: join(site.root, "node_modules/.bin/moon"),
      args: ["run", "bench:all", "--concurrency", String(work.concurrency)],
      cwd: site.root,
    };
  },
};

export function moonProject(work: Work) {
  const style = work.workload === "W6" ? { outputStyle: "stream" } : {};
  const tasks = work.jobs.map(({ id, command, needs, files }) => [
    id,
    {
      ...(/[;>]/.test(command) ? { script: command } : { command }),
      deps: needs.map((need) => `~:${need}`),
      ...(files === undefined
        ? { inputs: [], options: { cache: false, ...style } }
        : { inputs: [`/${files.input}`], outputs: [files.output], options: { cache: true } }),
    },
  ]);
  const all = { command: "noop", deps: sinks(work).map((id) => `~:${id}`), options: { cache: false } };
  return { language: "unknown", tasks: { ...Object.fromEntries(tasks), all } };
}
