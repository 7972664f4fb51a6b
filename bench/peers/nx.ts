import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS } from "./reasons.ts";
import { sinks, type Work } from "./work.ts";

const VERSION = "24.0.6";

/** nx: targets of a single project; the last one is `nx:noop` and depends on the rest. */
export const nx: Peer = {
  name: "nx",
  kind: "peer",
  version: VERSION,
  packages: { nx: VERSION },
  note: "without its daemon, as in CI; keeps outputs of what it caches; masks nothing",
  without: NO_FUNCTIONS,
  async project(site, work) {
    site.write(".gitignore", "node_modules\n.nx\nout\n");
    site.write("package.json", JSON.stringify({ name: "bench", version: "1.0.0", private: true }));
    site.write("nx.json", JSON.stringify({ neverConnectToCloud: true, analytics: false }));
    site.write("project.json", JSON.stringify(nxProject(work)));
    await site.commit();
    return {
      file: join(site.root, "node_modules/.bin/nx"),
      args: [
        "run-many",
        "--targets=all",
        `--parallel=${work.concurrency}`,
        // Its other styles for a pipe print no prefix.
        ...(work.workload === "W6" ? ["--outputStyle=stream"] : []),
      ],
      cwd: site.root,
      env: { NX_DAEMON: "false", NX_NO_CLOUD: "true", NX_TUI: "false", NX_INTERACTIVE: "false" },
    };
  },
};

export function nxProject(work: Work) {
  const targets = work.jobs.map(({ id, command, needs, files }) => [
    id,
    {
      command,
      cache: files !== undefined,
      ...(needs.length > 0 ? { dependsOn: needs } : {}),
      ...(files === undefined
        ? {}
        : {
            inputs: [`{projectRoot}/${files.input}`],
            outputs: [`{projectRoot}/${files.output}`],
          }),
    },
  ]);
  return {
    name: "bench",
    targets: {
      ...Object.fromEntries(targets),
      all: { executor: "nx:noop", cache: false, dependsOn: sinks(work) },
    },
  };
}
