import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../errors/index.ts";
import { CacheFault } from "../fault.ts";

/** Files of a git checkout that git does not ignore, relative to the folder asked for. */
export interface GitFiles {
  readonly paths: readonly string[];
  readonly untracked: ReadonlySet<string>;
}

/** For the largest checkouts: a hundred bytes for each of a few million files. */
const MOST_BYTES = 1 << 29;
/** The mode by which git records a submodule. */
const SUBMODULE = "160000";

/**
 * Asks git once for all files in `folder`, tracked and not yet tracked. Submodules and checkouts within are asked in
 * turn. `undefined` outside a checkout, or where `folder` itself is ignored by the one around it.
 *
 * @throws CacheFault where git is wanted and cannot answer
 */
export async function gitFiles(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<GitFiles | undefined> {
  const listed = await list(folder, env);
  if (listed === undefined) return undefined;
  if (listed === "" && (await git(folder, env, ["check-ignore", "-q", "."])).code === 0) return undefined;
  const paths: string[] = [];
  const untracked = new Set<string>();
  const within: string[] = [];
  for (const record of listed.split("\0")) {
    if (record === "") continue;
    if (record.startsWith("? ")) {
      const path = record.slice(2);
      // A checkout of its own that nobody has added.
      if (path.endsWith("/")) within.push(path.slice(0, -1));
      else {
        paths.push(path);
        untracked.add(path);
      }
      continue;
    }
    // `H 100644 <digest> 0<tab>path`
    const path = record.slice(record.indexOf("\t") + 1);
    if (record.slice(2, 8) !== SUBMODULE) paths.push(path);
    // One that was not fetched has no files that a job could read.
    else if (existsSync(join(folder, path, ".git"))) within.push(path);
  }
  for (const path of within) {
    const inner = await gitFiles(join(folder, path), env);
    for (const one of inner?.paths ?? []) paths.push(`${path}/${one}`);
    for (const one of inner?.untracked ?? []) untracked.add(`${path}/${one}`);
  }
  return { paths, untracked };
}

async function list(folder: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const args = ["ls-files", "-t", "--stage", "--cached", "--others", "--exclude-standard", "-z"];
  const { code, stdout, stderr } = await git(folder, env, args);
  if (code === 0) return stdout;
  if (!insideCheckout(folder)) return undefined;
  throw new CacheFault(`git cannot list the files of ${folder}: ${stderr.trim().split("\n", 1)[0] ?? ""}`);
}

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function git(
  folder: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Answer> {
  // The job's environment has none of git's own variables, by which a hook would point it elsewhere.
  const options = {
    cwd: folder,
    env: { ...env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
    maxBuffer: MOST_BYTES,
  };
  return new Promise((resolve) => {
    execFile("git", [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      const why = error !== null && codeOf(error) === "ENOENT" ? "git is not on the PATH" : stderr;
      resolve({ code, stdout, stderr: why });
    });
  });
}

function insideCheckout(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
