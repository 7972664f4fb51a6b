import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cleanEnvironment } from "../lib/environment.ts";
import type { Site } from "./peer.ts";
import type { Job } from "./work.ts";

const git = promisify(execFile);

/** A new folder for one project, which finds what is installed in `installed`. */
export function createSite(root: string, installed: string): Site {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  if (installed !== "") symlinkSync(join(installed, "node_modules"), join(root, "node_modules"));
  return {
    root,
    installed,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    async commit() {
      const env = { ...cleanEnvironment(), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
      const who = ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid"];
      const steps = [
        ["init", "--quiet", "--initial-branch", "main"],
        ["remote", "add", "origin", "git@example.invalid:bench/bench.git"],
        ["add", "--all"],
        [...who, "commit", "--quiet", "--message", "bench"],
      ];
      for (const step of steps) await git("git", step, { cwd: root, env });
    },
  };
}

/** The files that the jobs of W7 read, each with a content of its own, and the folder that they write to. */
export function writeInputs(site: Site, jobs: readonly Job[]): void {
  for (const { id, files } of jobs) if (files !== undefined) site.write(files.input, inputText(id, 0));
  if (jobs.some(({ files }) => files !== undefined)) site.write("out/.keep", "");
}

/** Some 4 KiB. */
export function inputText(id: string, edition: number): string {
  return `${id} in its edition ${edition}\n`.repeat(200);
}
