import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS, NO_PREFIX } from "./reasons.ts";
import { sinks, type Work } from "./work.ts";

/** ninja: edges whose outputs never appear always run; for W7 files, compared by time stamps and the command's hash. */
export const ninja: Peer = {
  name: "ninja",
  kind: "peer",
  version: "1.11.1",
  program: { file: "ninja", args: ["--version"], version: /^(\S+)/, debian: "ninja-build" },
  note: "compares time stamps, not content; prints a job's output when it has ended; records no events, masks nothing",
  without: { ...NO_FUNCTIONS, W6: NO_PREFIX },
  project(site, work) {
    site.write("build.ninja", ninjaFile(work));
    return { file: "ninja", args: [`-j${work.concurrency}`, "all"], cwd: site.root };
  },
};

export function ninjaFile(work: Work): string {
  const target = ({ id, files }: Work["jobs"][number]): string => (work.cached ? (files?.output ?? id) : id);
  const edges = work.jobs.map((job) => {
    const needs = work.cached ? [job.files?.input ?? ""] : job.needs;
    return `${[`build ${target(job)}: run`, ...needs].join(" ")}\n  cmd = ${job.command}\n`;
  });
  const wanted = work.cached ? work.jobs.map(target) : sinks(work);
  return `rule run\n  command = $cmd\n${edges.join("")}build all: phony ${wanted.join(" ")}\n`;
}
