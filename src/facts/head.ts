import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ciFacts } from "./ci.ts";

/** What a checkout says of itself without git being run: starting it would cost more than a short pipeline does. */
export interface Head {
  readonly commit: string | null;
  readonly branch: string | null;
}

const NO_HEAD: Head = { commit: null, branch: null };

/** Where a checkout lies. */
export interface Checkout {
  /** Its top folder. */
  readonly top: string;
  readonly gitDir: string;
}

/** What HEAD points to where the refs are kept in a table (`reftable`), which only git reads. */
const NOT_IN_FILES = "refs/heads/.invalid";

/** Reads HEAD of the checkout that holds `folder`; nulls outside one, and for what cannot be told. */
export function readHead(folder: string): Head {
  try {
    const gitDir = findCheckout(folder)?.gitDir;
    if (gitDir === undefined) return NO_HEAD;
    const head = readFileSync(join(gitDir, "HEAD"), "utf8").trim();
    if (!head.startsWith("ref: ")) return { commit: head, branch: null };
    const ref = head.slice(5);
    if (ref === NOT_IN_FILES) return NO_HEAD;
    const branch = ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
    return { commit: readRef(gitDir, ref), branch };
  } catch {
    // A checkout that cannot be read is no reason not to run; conditions ask git itself and report.
    return NO_HEAD;
  }
}

/**
 * {@link readHead}, with the branch as the CI host names it: hosts check out a commit without its branch. The commit is
 * always the one that is checked out, which for a pull request is the merge that the host has made.
 */
export function readCommit(folder: string, env: Readonly<Record<string, string | undefined>>): Head {
  const head = readHead(folder);
  return head.commit === null ? head : { ...head, branch: ciFacts(env).branch ?? head.branch };
}

/** The checkout that holds `folder`: its own, a worktree's or a submodule's. `undefined` outside one. */
export function findCheckout(folder: string): Checkout | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, ".git");
    if (existsSync(candidate)) {
      if (statSync(candidate).isDirectory()) return { top: at, gitDir: candidate };
      // A worktree or submodule: a file that names the folder.
      const text = readFileSync(candidate, "utf8").trim();
      return { top: at, gitDir: resolve(at, text.replace(/^gitdir: /, "")) };
    }
    if (dirname(at) === at) return undefined;
  }
}

function readRef(gitDir: string, ref: string): string | null {
  const common = join(gitDir, "commondir");
  const folders = existsSync(common)
    ? [gitDir, resolve(gitDir, readFileSync(common, "utf8").trim())]
    : [gitDir];
  for (const folder of folders) {
    const loose = join(folder, ref);
    if (existsSync(loose)) return readFileSync(loose, "utf8").trim();
    const packed = join(folder, "packed-refs");
    if (!existsSync(packed)) continue;
    const line = readFileSync(packed, "utf8")
      .split("\n")
      .find((one) => one.endsWith(` ${ref}`));
    if (line !== undefined) return line.split(" ", 1)[0] ?? null;
  }
  return null;
}
