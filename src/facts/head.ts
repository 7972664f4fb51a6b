import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What a checkout says of itself without git being run: starting it would cost more than a short pipeline does. */
export interface Head {
  readonly commit: string | null;
  readonly branch: string | null;
}

const NO_HEAD: Head = { commit: null, branch: null };

/** Reads HEAD of the checkout that holds `folder`; nulls outside one, and for what cannot be told. */
export function readHead(folder: string): Head {
  try {
    const gitDir = findGitDir(folder);
    if (gitDir === undefined) return NO_HEAD;
    const head = readFileSync(join(gitDir, "HEAD"), "utf8").trim();
    if (!head.startsWith("ref: ")) return { commit: head, branch: null };
    const ref = head.slice(5);
    const branch = ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
    return { commit: readRef(gitDir, ref), branch };
  } catch {
    // A checkout that cannot be read is no reason not to run; conditions ask git itself and report.
    return NO_HEAD;
  }
}

function findGitDir(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, ".git");
    if (existsSync(candidate)) {
      if (statSync(candidate).isDirectory()) return candidate;
      // A worktree or submodule: a file that names the folder.
      const text = readFileSync(candidate, "utf8").trim();
      return resolve(at, text.replace(/^gitdir: /, ""));
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
