import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { NO_CACHE, NO_FUNCTIONS } from "./reasons.ts";
import type { Work } from "./work.ts";

const VERSION = "4.73.0";

/** gitlab-ci-local with its shell executor: jobs of one stage, ordered by `needs`. */
export const gitlabCiLocal: Peer = {
  name: "gitlab-ci-local",
  kind: "peer",
  version: VERSION,
  packages: { "gitlab-ci-local": VERSION },
  // It copies the tracked files of the repository before the jobs.
  needs: [{ file: "rsync", args: ["--version"], version: /version (\S+)/, debian: "rsync" }],
  note: "keeps outputs; masks only variables marked so; writes a script for each job and runs it in bash",
  without: { ...NO_FUNCTIONS, W7: NO_CACHE },
  async project(site, work) {
    site.write(".gitignore", "node_modules\n.gitlab-ci-local\n");
    site.write(".gitlab-ci.yml", JSON.stringify(gitlabJobs(work)));
    await site.commit();
    return {
      file: join(site.root, "node_modules/.bin/gitlab-ci-local"),
      args: ["--force-shell-executor", "--concurrency", String(work.concurrency)],
      cwd: site.root,
    };
  },
};

export function gitlabJobs({ jobs }: Work) {
  const all = jobs.map(({ id, command, needs }) => [id, { stage: "test", script: [command], needs }]);
  return { stages: ["test"], ...(Object.fromEntries(all) as Record<string, { needs: readonly string[] }>) };
}
