import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS } from "./reasons.ts";
import { sinks, type Work } from "./work.ts";

const VERSION = "2.11.11";

/** turbo: tasks of a single package, each a script that turbo has npm run. */
export const turbo: Peer = {
  name: "turbo",
  kind: "peer",
  version: VERSION,
  packages: { turbo: VERSION },
  note: "starts each job through `npm run`; keeps outputs only of what it caches; masks nothing",
  without: NO_FUNCTIONS,
  async project(site, work) {
    site.write(".gitignore", "node_modules\n.turbo\nout\n");
    site.write("package.json", JSON.stringify(turboPackage(work)));
    site.write("package-lock.json", LOCKFILE);
    site.write("turbo.json", JSON.stringify(turboTasks(work)));
    await site.commit();
    return {
      file: join(site.root, "node_modules/.bin/turbo"),
      args: ["run", "all", `--concurrency=${work.concurrency}`, "--ui=stream"],
      cwd: site.root,
      env: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
    };
  },
};

/** It wants to know the package manager and to find its lock file, whatever is in it. */
const LOCKFILE = JSON.stringify({ name: "bench", lockfileVersion: 3, requires: true, packages: {} });

export function turboPackage({ jobs }: Work) {
  return {
    name: "bench",
    version: "1.0.0",
    private: true,
    packageManager: "npm@11.0.0",
    scripts: Object.fromEntries(jobs.map(({ id, command }) => [id, command])),
  };
}

export function turboTasks(work: Work) {
  const tasks = work.jobs.map(({ id, needs, files }) => [
    id,
    {
      ...(needs.length > 0 ? { dependsOn: needs } : {}),
      ...(files === undefined ? { cache: false } : { inputs: [files.input], outputs: [files.output] }),
    },
  ]);
  return { tasks: { ...Object.fromEntries(tasks), all: { dependsOn: sinks(work), cache: false } } };
}
