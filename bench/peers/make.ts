import type { Peer } from "./peer.ts";
import { NO_FUNCTIONS, NO_PREFIX } from "./reasons.ts";
import type { Work } from "./work.ts";

/** GNU make: phony targets, which always run; for W7 files, which are compared by their time stamps. */
export const make: Peer = {
  name: "make",
  kind: "peer",
  version: "4.3",
  program: { file: "make", args: ["--version"], version: /GNU Make (\S+)/, debian: "make" },
  note: "compares time stamps, not content; records nothing, masks nothing",
  without: { ...NO_FUNCTIONS, W6: NO_PREFIX },
  project(site, work) {
    site.write("Makefile", makefile(work));
    return { file: "make", args: [`-j${work.concurrency}`, "all"], cwd: site.root };
  },
};

export function makefile({ jobs, cached }: Work): string {
  const target = ({ id, files }: Work["jobs"][number]): string => (cached ? (files?.output ?? id) : id);
  const rules = jobs.map((job) => {
    const needs = cached ? [job.files?.input ?? ""] : job.needs;
    return `${[`${target(job)}:`, ...needs].join(" ")}\n\t${job.command}\n`;
  });
  const phony = cached ? "all" : `all ${jobs.map(({ id }) => id).join(" ")}`;
  return `.PHONY: ${phony}\nall: ${jobs.map(target).join(" ")}\n${rules.join("")}`;
}
