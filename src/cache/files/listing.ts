import { relative, sep } from "node:path";
import { gitFiles } from "./git-files.ts";
import { walk } from "./walk.ts";

/** The files of the root that can be inputs, as they were at some moment of the run. */
export interface Listing {
  /** Sorted, each once, relative to the root, with `/`. */
  readonly paths: readonly string[];
  /** Whether the file is known to nobody but this checkout: it may be what a job has made. */
  isUntracked(path: string): boolean;
}

export interface ListingSource {
  readonly root: string;
  readonly stateDir: string;
  /** The environment that jobs inherit. */
  readonly env: Readonly<Record<string, string>>;
}

/** Lists the root: all that git does not ignore, or outside a checkout all but `.git`, `.sluice` and `node_modules`. */
export async function listFiles({ root, stateDir, env }: ListingSource): Promise<Listing> {
  const git = await gitFiles(root, env);
  const found = git?.paths ?? (await walk(root));
  const state = `${relative(root, stateDir).split(sep).join("/")}/`;
  const own = (path: string): boolean => path.startsWith(state) || /(^|\/)\.sluice\//.test(path);
  // git names a file in conflict once for each side
  const paths = [...new Set(found)].filter((path) => !own(path)).sort();
  return { paths, isUntracked: (path) => git?.untracked.has(path) ?? true };
}
