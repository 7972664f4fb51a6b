import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS, NO_PREFIX } from "./reasons.ts";
import { sinks, type Work } from "./work.ts";

const VERSION = "0.14.13";

/** wireit: scripts of a package.json. One without `files` is never taken as fresh; W7 names files and output. */
export const wireit: Peer = {
  name: "wireit",
  kind: "peer",
  version: VERSION,
  packages: { wireit: VERSION },
  note: "started as `node --run` starts it, which spares it npm; prints outputs of failed scripts only; masks nothing",
  without: { ...NO_FUNCTIONS, W6: NO_PREFIX },
  project(site, work) {
    site.write("package.json", JSON.stringify(wireitPackage(work)));
    return {
      file: join(site.root, "node_modules/.bin/wireit"),
      args: [],
      cwd: site.root,
      env: {
        NODE_RUN_SCRIPT_NAME: "all",
        NODE_RUN_PACKAGE_JSON_PATH: join(site.root, "package.json"),
        WIREIT_PARALLEL: String(work.concurrency),
        WIREIT_CACHE: work.cached ? "local" : "none",
      },
    };
  },
};

export function wireitPackage(work: Work) {
  const scripts = work.jobs.map(({ id, command, needs, files }) => [
    id,
    {
      command,
      ...(needs.length > 0 ? { dependencies: needs } : {}),
      ...(files === undefined ? {} : { files: [files.input], output: [files.output] }),
    },
  ]);
  const all = [...work.jobs.map(({ id }) => id), "all"];
  return {
    name: "bench",
    version: "1.0.0",
    private: true,
    scripts: Object.fromEntries(all.map((id) => [id, "wireit"])),
    wireit: { ...Object.fromEntries(scripts), all: { dependencies: sinks(work) } },
  };
}
